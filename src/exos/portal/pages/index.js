import "../components/shell.js";
