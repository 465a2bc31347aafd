/*
How an analysis is called from elsewhere, with the parameters as they are now: snippets("process/dfg", {process: "loan"}) →
[{name: "Command line", text}, {name: "HTTP", text}, {name: "Python", text}]
*/
export function snippets(slug, params, origin = location.origin) {
  return [
    { name: "Command line", text: commandLine(slug, params) },
    { name: "HTTP", text: http(slug, params, origin) },
    { name: "Python", text: python(slug, params, origin) },
  ];
}

function commandLine(slug, params) {
  const parts = [`exos run ${slug}`, ...Object.entries(params).map(([name, value]) => `-p ${quoted(`${name}=${written(value)}`)}`), "--format json"];
  return parts.join(parts.join(" ").length > 100 ? " \\\n  " : " ");
}

function http(slug, params, origin) {
  return `curl -s ${origin}/api/playbook/${slug}/run \\\n  -H 'Content-Type: application/json' \\\n  -d ${quoted(JSON.stringify({ params }))}`;
}

function python(slug, params, origin) {
  return `import json
from urllib.request import Request, urlopen

body = ${pythonLiteral({ params })}
request = Request("${origin}/api/playbook/${slug}/run", json.dumps(body).encode(), {"Content-Type": "application/json"})
table = json.load(urlopen(request))
names = [column["name"] for column in table["columns"]]
rows = [dict(zip(names, row)) for row in table["rows"]]`;
}

function pythonLiteral(value) {
  if (value === null || value === undefined) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  if (Array.isArray(value)) return `[${value.map(pythonLiteral).join(", ")}]`;
  if (typeof value === "object") return `{${Object.entries(value).map(([key, inner]) => `${JSON.stringify(key)}: ${pythonLiteral(inner)}`).join(", ")}}`;
  return JSON.stringify(value);
}

const written = (value) => (typeof value === "object" ? JSON.stringify(value) : String(value));
const quoted = (text) => (/^[\w./:=@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
