// Loops and trainings: curves, what became of each iteration, and answers to the same prompts side by side.

const clock = (seconds) => {
  const minutes = Math.floor(seconds / 60), hours = Math.floor(minutes / 60);
  const two = (value) => String(Math.floor(value)).padStart(2, "0");
  return hours ? `${hours}:${two(minutes % 60)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
};
const withInterval = (share) => (share ? `${percent(share.value)} (${percent(share.low)} to ${percent(share.high)})` : "");
const figure = (value) => (typeof value === "number" ? precise.format(value) : "");

function trainings(data) {
  return [words(data, ["ILA", "CLA", "strict", "loose", "95 % interval", "rollout", "replay", "bits", "group", "reward", "held out"]), ...data.trained.flatMap((training, number) => [
    node("h2", {}, training.name),
    ...training.notes.map((note) => node("p", { class: "quiet" }, note)),
    ...(training.charts.length ? charts(training, `${training.name} ${number}`) : [node("p", {}, "There are no figures yet.")]),
    ...(training.loop ? iterations(training) : []),
    ...settings(training),
  ].filter((part) => part !== null))];
}

function iterations(loop) {
  const heads = [["iteration", "number"], ["rollouts", "number"], ["tokens", "number"], ["ILA of its rollouts", "number"], ["replays", "number"],
    ["steps", "number"], ["held-out ILA", "number"], ["held-out CLA", "number"], ["rejected", "number"], ["time", "number"]];
  const rows = loop.iterations.map((each) => [String(each.iteration), figure(each.rollouts), figure(each.tokens), percent(each.reward), figure(each.replays),
    figure(each.steps), withInterval(each.ila), withInterval(each.cla), String(each.rejected), clock(each.seconds)]);
  return [
    node("h3", {}, "Iterations"),
    table("What became of each iteration. Rollouts and their tokens are all so far; accuracy is strict, with its 95 % interval.", heads, rows, loop.name),
    ...kinds(loop.kinds, "h3", null, loop.name),
  ];
}

function settings(training) {
  const rows = (pairs) => pairs.map(([name, value]) => [name, node("span", { class: "value" }, value)]);
  return [
    training.versions.length ? node("details", {}, node("summary", {}, "Versions"), table("Versions", [["package"], ["version"]], rows(training.versions), training.name)) : null,
    node("details", {}, node("summary", {}, "Settings"), table("Settings", [["setting"], ["value"]], rows(training.settings), training.name)),
  ];
}

function answers(data, first) {
  const loops = data.trained.filter((training) => training.loop && training.answers.items.length);
  const items = loops.flatMap((loop) => loop.answers.items.map((item) => ({ ...item, loop: loop.name, names: loop.answers.names })));
  const kindNames = [...new Set(items.flatMap((item) => item.constraints.map((constraint) => constraint.kind)))].sort();
  const satisfied = (item) => item.answers.filter((answer) => answer?.ila).length;
  const columns = [
    { name: "prompt", by: (item) => lastOfUser(item.messages), shown: (item) => titleOf(item, cut(lastOfUser(item.messages), 90) || "(empty)") },
    { name: "satisfied, by iteration", by: satisfied, shown: (item) => course(item.answers.map((answer) => answer?.ila)) },
  ];
  const filters = [
    { key: "change", label: "All constraints", options: CHANGES, fits: (item, value) => changed(item)[value] },
    { key: "kind", label: "Kind", options: kindNames.map((kind) => [kind, kind]), fits: (item, value) => item.constraints.some((constraint) => constraint.kind === value) },
  ];
  if (loops.length > 1) {
    columns.splice(1, 0, { name: "loop", by: (item) => item.loop, shown: (item) => item.loop });
    filters.push({ key: "loop", label: "Loop", options: loops.map((loop) => [loop.name, loop.name]), fits: (item, value) => item.loop === value });
  }
  return browser({
    name: "held-out prompts", items, filters, columns, first,
    total: loops.reduce((sum, loop) => sum + loop.answers.number, 0),
    searched: (item) => (item.searched ??= searchedIn(item)),
    detail: (item, state) => [
      node("h2", {}, `${titleOf(item, "")}${loops.length > 1 ? `, ${item.loop}` : ""}`),
      ...messages(item.messages),
      ...sideBySide(item, item.names, mostTelling(item, state.kind)),
    ],
  });
}
