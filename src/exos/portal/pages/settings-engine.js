// The engine: version, memory, disk, and the schema files it has.
import { ask } from "../lib/api.js";
import { bytes, compact, dateTime, duration, number, percent, plural } from "../lib/format.js";
import { element, html } from "../lib/html.js";
import { state } from "../lib/state.js";

export function showEngine(section) {
  const panel = section.querySelector("exos-state");
  return panel.load((signal) => ask("/api/sources/engine", { signal }), (engine) => {
    const open = panel.querySelector("details")?.open;
    panel.querySelector(".content").replaceChildren(draw(engine, open));
  });
}

function draw(engine, open) {
  const zone = state.timezone();
  const places = engine.database === engine.telemetry_database ? engine.database : `${engine.database}, telemetry in ${engine.telemetry_database}`;
  const packed = engine.disk_unpacked > engine.disk_used ? `${number(Math.round((engine.disk_unpacked / Math.max(1, engine.disk_used)) * 10) / 10)} times smaller than unpacked` : "";
  const taken = engine.disk_total - engine.disk_free;
  return html`<dl class="engine">
      ${fact("ClickHouse", engine.version, engine.embedded ? "embedded in this process" : "a server")}
      ${fact("EXOS", engine.exos_version, `up ${duration(engine.uptime_seconds)}`)}
      ${fact("Memory the engine counts", bytes(engine.memory_used), engine.memory_limit ? `of ${bytes(engine.memory_limit)} at most; the whole process takes more` : "limits are the server's", engine.memory_limit && engine.memory_used / engine.memory_limit)}
      ${fact("Data on disk", bytes(engine.disk_used), packed)}
      ${fact("Disk", `${bytes(engine.disk_free)} free`, `of ${bytes(engine.disk_total)}`, engine.disk_total && taken / engine.disk_total)}
      ${fact("Rows", compact(engine.rows), `in ${plural(engine.tables, "table")}, ${plural(engine.parts, "part")}`)}
      ${fact("Database", places, `telemetry is kept ${plural(engine.telemetry_days, "day")}`)}
      ${fact("Metadata", engine.metadata.startsWith("sqlite") ? "SQLite" : "PostgreSQL", engine.metadata.replace(/^sqlite:\/+/, "/"))}</dl>
    <details class="schema" ?open=${open}><summary>${plural(engine.migrations.length, "schema file")} applied</summary>
      <ul>${engine.migrations.map(({ file, version, applied_at: at }) => html`<li><code>${file}</code><span>EXOS ${version}, ${dateTime(at, zone)}</span></li>`)}</ul></details>`;
}

function fact(name, value, more, share = null) {
  const bar = share !== null && element`<span class="bar" role="img" aria-label=${percent(share, 0)}><i></i></span>`;
  if (bar) bar.firstElementChild.style.width = `${Math.min(100, Math.max(1, share * 100))}%`;
  return html`<div><dt>${name}</dt><dd><b>${value}</b>${bar}<small>${more}</small></dd></div>`;
}
