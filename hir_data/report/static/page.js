// The whole

let open = () => {};

// By what the page was written, of what, and when: the date is that of the file, so that equal input gives an equal file.
function about(data) {
  const read = [
    ...data.verified.map(({ name, prompts, figures }) => [name, [`${plural(figures.verified, "response")} to ${plural(prompts, "prompt")}`, plural(figures.constraints, "constraint"),
      figures.rejected && `${plural(figures.rejected, "record")} rejected`, figures.undetermined && `${plural(figures.undetermined, "verdict")} undetermined`]]),
    ...data.replayed.map(({ name, number }) => [name, [plural(number, "replay")]]),
    ...data.trained.map(({ name, loop, iterations }) => [name, [loop ? `a loop, ${plural(Math.max(0, iterations.length - 1), "iteration")}` : "a training"]]),
  ].map(([name, parts]) => node("li", {}, `${name}: ${parts.filter(Boolean).join(", ")}`));
  const dated = location.protocol === "file:" && !Number.isNaN(Date.parse(document.lastModified))
    ? `, ${new Date(document.lastModified).toLocaleString("en-GB", { dateStyle: "long", timeStyle: "short" })}` : "";
  return [node("p", { class: "quiet" }, `Written by hir-data ${data.version}${dated}, from`), node("ul", { class: "read" }, ...read)];
}

async function begin() {
  const packed = Uint8Array.from(atob(document.getElementById("data").textContent), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const data = JSON.parse(await new Response(stream).text());
  document.getElementById("about").append(...about(data));
  const pages = new Map();
  if (data.verified.length) pages.set("Figures", () => overview(data)).set("Responses", (first) => responses(data, first));
  if (data.replayed.length) pages.set("Replay figures", () => [words(data, ["replay", "source", "bits", "group", "guard", "near miss"]), ...data.replayed.flatMap((set) => replayFigures(set, data))]).set("Replays", (first) => replays(data, first));
  if (data.trained.length) pages.set("Training", () => trainings(data));
  if (data.trained.some((training) => training.loop && training.answers.items.length)) pages.set("Answers", (first) => answers(data, first));
  const tabs = document.getElementById("tabs"), main = document.getElementById("page");
  open = (name, first = {}) => {
    for (const tab of tabs.children) {
      const chosen = tab.textContent === name;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
    }
    main.replaceChildren(...pages.get(name)(first));
    document.body.dataset.ready = name;
  };
  for (const name of pages.keys()) {
    tabs.append(node("button", { type: "button", role: "tab", "aria-controls": "page", onclick: () => open(name) }, name));
  }
  tabs.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const all = [...tabs.children], next = all[(all.indexOf(document.activeElement) + step + all.length) % all.length];
    next.focus();
    next.click();
  });
  open(pages.keys().next().value);
}

begin();
