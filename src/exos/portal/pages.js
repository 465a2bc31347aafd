/*
The pages of the portal, in the order of the navigation; the only list of them. A page is in it when its document exists:
a new page is portal/<name>.html, portal/pages/<name>.js and one line here. `key` is the letter after g.
*/
export const GROUPS = ["Home", "Product", "Experience", "Operations", "Why", "Data"];

export const PAGES = [
  { name: "index", path: "/", group: "Home", label: "Overview", icon: "layout-dashboard", key: "o" },
  { name: "process", path: "/process", group: "Operations", label: "Process", icon: "workflow", key: "p" },
  { name: "playbook", path: "/playbook", group: "Data", label: "Playbook", icon: "book-open", key: "b" },
  { name: "settings", path: "/settings", group: "Data", label: "Settings", icon: "settings", key: "," },
];
