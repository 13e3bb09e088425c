// Figures of replays, and each replay beside its source.

// A list of constraints; choosing one marks its places in the response.
function constraints(items, response, first) {
  const text = node("div", {}, withPlaces(response, items[first]?.places || []));
  const key = node("p", { class: "quiet small", "aria-live": "polite" }, ...keyOfMarks(items[first]?.places.length));
  const list = node("ul", { class: "constraints" });
  items.forEach((item, at) => {
    const button = node("button", { type: "button", "aria-pressed": String(at === first), onclick: () => {
      for (const other of list.querySelectorAll("button")) other.setAttribute("aria-pressed", "false");
      button.setAttribute("aria-pressed", "true");
      text.replaceChildren(withPlaces(response, item.places));
      key.replaceChildren(...keyOfMarks(item.places.length));
      text.querySelector("mark")?.scrollIntoView({ block: "nearest" });
    } }, ...item.shown);
    list.append(node("li", {}, button));
  });
  return [list, node("h3", {}, "Response"), key, text];
}

// A case of a guard: the response is named by its id, which opens it where it is on the page.
function caseOf(text, items) {
  const item = items.find((each) => text.startsWith(`${idOf(each)}: `));
  return item ? [node("button", { type: "button", class: "link", onclick: () => open("Responses", { opened: item }) }, idOf(item)), text.slice(idOf(item).length)] : [text];
}

function replayFigures(set, data) {
  const figures = set.figures, known = data.words;
  const group = (name, label) => [label, ...[figures.groups_before, figures.groups_after].map((groups) => `${groups[name].groups} (${percent(groups[name].share)})`)];
  const example = (reason) => Object.entries(figures.details || {}).find(([name]) => name === reason.replace(/^left aside: /, ""))?.[1] || "";
  const told = new Set(); // of what several begin with alike, the first says what it means
  const meaningOf = (name, meanings) => {
    const [start, rest] = name.split(": ");
    const own = meanings[name] ?? meanings[rest];
    const meaning = own ?? (told.has(start) ? "" : meanings[start]);
    if (!own) told.add(start);
    return meaning;
  };
  const rows = (counts, meanings) => Object.entries(counts || {}).map(([name, number]) => [explained(name, meaningOf(name, meanings), caseOf(example(name), data.responses.items)), number.toLocaleString("en")]);
  return [
    node("h2", {}, set.name),
    node("p", {}, `${plural(figures.replays, "replay")} of ${plural(figures.rollouts, "rollout")} to ${plural(figures.prompts, "prompt")}`),
    table("Groups: the responses to one prompt. From a mixed group something is learned; where all fail, a replay makes it mixed", [["rewards"], ["before", "number"], ["after", "number"]],
      [group("all_zero", "all fail"), group("mixed", "mixed"), group("all_one", "all succeed")], set.name),
    table("What the constraints of the failures became in their replays", [["fate"], ["constraints", "number"]], Object.entries(figures.constraints_of_replays).map(([name, number]) => [explained(name, known.fates[name]), number.toLocaleString("en")]), set.name),
    table("Failures that nobody should learn from, by the guard that objects", [["guard"], ["responses", "number"]], rows(figures.unfit_by_guard, known.guards), set.name),
    table("The other failures, and what became of them", [["what became of them"], ["responses", "number"]], rows(figures.candidates_by_bin, known.outcomes), set.name),
  ];
}

function replays(data, first) {
  const items = data.replayed.flatMap((set) => set.pairs.map((pair) => ({ ...pair, set: set.name })));
  const fates = [...new Set(items.flatMap((item) => item.changes.map((change) => change.fate)))].sort();
  const kindNames = [...new Set(items.flatMap((item) => item.changes.map((change) => change.kind)))].sort();
  const changed = (item) => item.changes.filter((change) => change.fate !== "kept");
  const unknown = (value) => (value === null || value === undefined ? Infinity : value);
  const columns = [
    { name: "replay", by: (item) => item.id, shown: (item) => item.id },
    { name: "bits", look: "number", by: (item) => unknown(item.bits), shown: (item) => bits(item.bits) },
    { name: "of the source", look: "number", by: (item) => unknown(item.source_bits), shown: (item) => bits(item.source_bits) },
    { name: "changes", look: "long", by: (item) => changed(item).length, shown: (item) => few(changed(item).map((change) => `${change.fate} ${change.kind}`)) },
  ];
  return [words(data, ["replay", "source", "bits"], data.words.fates), node("p", { class: "about" }, "Those that say least come first. ", node("del", {}, "Only in the source"), ", ", node("ins", {}, "only in the replay"), "."), ...browser({
    name: "replays", items, columns, first, sorted: columns[1],
    total: data.replayed.reduce((sum, set) => sum + set.number, 0),
    filters: [
      { key: "fate", label: "Has a constraint", options: fates.map((fate) => [fate, fate]), fits: (item, value) => item.changes.some((change) => change.fate === value) },
      { key: "kind", label: "Changed kind", options: kindNames.map((kind) => [kind, kind]), fits: (item, value) => changed(item).some((change) => change.kind === value) },
    ],
    searched: (item) => (item.searched ??= `${item.id} ${item.messages.flatMap((message) => message.parts.map(([, text]) => text)).join(" ")} ${item.response}`.toLowerCase()),
    detail: (item) => {
      // Each text says whose it is, as they are below each other on a narrow screen.
      const side = (message, left) => {
        const known = left ? item.source_bits : item.bits, name = left ? "source" : "replay";
        return node("div", {}, node("p", { class: "role" }, `${message.role}, ${name}${known === null ? "" : ` (${bits(known)} bits)`}`),
          node("div", { class: "text", tabindex: "0", role: "region", "aria-label": `${message.role}, ${name}` }, ...message.parts
            .filter(([sign]) => sign !== (left ? "+" : "-"))
            .map(([sign, text]) => (sign === "=" ? text : node(left ? "del" : "ins", {}, text)))));
      };
      const changes = item.changes.map((change) => ({ places: change.places, shown: [
        `${change.fate}: ${change.said}`,
        node("span", { class: "quiet" }, [change.kind, change.says && change.says !== change.said ? `now: ${change.says.replace(/\.$/, "")}` : "", change.bits ? `${bits(change.bits)} bits` : ""].filter(Boolean).join("; "))] }));
      const moved = item.changes.findIndex((change) => change.fate !== "kept" && change.places.length);
      return [
        node("h2", {}, item.id),
        node("p", { class: "quiet small" }, node("del", {}, "removed from the prompt"), ", ", node("ins", {}, "added to it"), "."),
        ...item.messages.map((message) => node("div", { class: "two" }, side(message, true), side(message, false))),
        item.cut_off ? node("p", {}, "The response was ", CUT_OFF(), ".") : null,
        node("h3", {}, "Constraints"), ...constraints(changes, item.response, Math.max(moved, 0)),
      ].filter((part) => part !== null);
    },
  })];
}
