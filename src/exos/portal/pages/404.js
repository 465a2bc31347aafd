import { state } from "../lib/state.js";
import "../components/shell.js";
import "../components/state.js";

document.querySelector("main > exos-state").notice({
  icon: "search",
  title: "There is no page at this address",
  text: location.pathname,
  actions: [{ label: "Overview", href: state.link("/"), primary: true }, { label: "Process", href: state.link("/process") }, { label: "Playbook", href: state.link("/playbook") }],
});
