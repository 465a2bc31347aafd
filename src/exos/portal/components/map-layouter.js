// Asks map-worker.js for layouts. The worker starts at once, so that it is ready when the data are.

export class Layouter {
  #worker = new Worker(new URL("map-worker.js", import.meta.url), { type: "module" });
  #graph = null;
  #asked = 0;
  #busy = Promise.resolve();

  /** {order, selection, layout} for a graph; {} when a newer question came before this one was sent: sliders ask faster than a layout takes. */
  async ask(graph, view, sizes) {
    const id = (this.#asked += 1);
    await this.#busy.catch(() => null);
    if (id !== this.#asked) return {};
    this.#worker.postMessage({ id, graph: graph === this.#graph ? null : plain(graph), view, sizes });
    this.#graph = graph;
    this.#busy = this.#answer(id);
    return this.#busy;
  }

  #answer(id) {
    return new Promise((resolve, reject) => {
      const answered = ({ data }) => data.id === id && done(() => resolve(data));
      // What the worker has of the graph after a failure nobody knows: it gets it again.
      const failed = (event) => done(() => {
        event.preventDefault();
        this.#graph = null;
        reject(new Error(event.message || "The layout failed."));
      });
      const done = (settle) => {
        this.#worker.removeEventListener("message", answered);
        this.#worker.removeEventListener("error", failed);
        settle();
      };
      this.#worker.addEventListener("message", answered);
      this.#worker.addEventListener("error", failed);
    });
  }
}

// What the worker needs of a graph.
function plain({ nodes, edges, happy, happyEdges }) {
  return {
    happy, happyEdges,
    nodes: nodes.map(({ index, kind, frequency, case_frequency: cases }) => ({ index, kind, frequency, case_frequency: cases })),
    edges: edges.map(({ index, source, target, frequency }) => ({ index, source, target, frequency })),
  };
}
