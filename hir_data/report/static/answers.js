// Responses with their verdicts and marks, those of several files or iterations to the same prompt side by side.

const CHANGES = [["better", "violated first, satisfied last"], ["worse", "satisfied first, violated last"], ["always", "satisfied in all"], ["never", "satisfied in none"]];
const CUT_OFF = () => node("span", { class: "open" }, "cut off at its token limit");
const FEW = 3; // answers whose reasons all stand with each constraint

const messages = (all) => all.flatMap(([role, text]) => [node("p", { class: "role" }, role), node("div", { class: "text", tabindex: "0", role: "region", "aria-label": role }, text)]);
const lastOfUser = (messages) => [...messages].reverse().find(([role]) => role === "user")?.[1] || "";
const answersOf = (item) => item.answers.filter(Boolean);
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const meanOf = (item, name) => mean(answersOf(item).map((answer) => Number(answer[name])));

function changed(item) {
  const known = answersOf(item).map((answer) => answer.ila);
  const first = known[0], last = known[known.length - 1];
  return { better: !first && last, worse: first && !last, always: known.every(Boolean), never: !known.some(Boolean) };
}

// The verdicts of all answers, in their order.
function course(values) {
  const words = values.map((value) => (value === undefined ? "missing" : MARKS[String(value)][1]));
  return node("span", { class: "course", role: "img", "aria-label": words.join(", ") },
    ...values.map((value, at) => (value === undefined ? node("span", { class: "quiet" }, "–") : node("span", { class: MARKS[String(value)][2], title: words[at] }, MARKS[String(value)][0]))));
}

// Numbers of all answers, in their order.
const row = (item, shown) => item.answers.map((answer) => (answer ? shown(answer) : "–")).join(", ");

// Whether one of the answers that are looked at has a verdict, on a kind if one is chosen, and a length.
function fits(item, { verdict, kind, length, file }) {
  return item.answers.some((answer, at) => {
    if (!answer || (file && String(at) !== file)) return false;
    if (length && !(answer.words <= Number(length) && answer.words > { 50: -1, 200: 50, 500: 200, Infinity: 500 }[length])) return false;
    const results = answer.results.filter((result, place) => result && (!kind || item.constraints[place].kind === kind));
    if (kind && !results.length) return false;
    if (!verdict) return true;
    return verdict === "true" && !kind ? answer.ila : results.some((result) => String(result.strict) === verdict);
  });
}

const jointly = (item, _, state) => fits(item, state);

function responses(data, first) {
  const { names, items, number } = data.responses;
  const several = names.length > 1, repeated = items.some((item) => item.sample > 0);
  const kindNames = [...new Set(items.flatMap((item) => item.constraints.map((constraint) => constraint.kind)))].sort();
  const broken = (item) => item.constraints.filter((_, at) => item.answers.some((answer) => answer?.results[at]?.strict === false)).map((constraint) => constraint.kind);
  const columns = [
    { name: "prompt", by: (item) => lastOfUser(item.messages), shown: (item) => titleOf(item, cut(lastOfUser(item.messages), 90) || "(empty)") },
    { name: "ILA", by: (item) => meanOf(item, "ila"), shown: (item) => course(item.answers.map((answer) => answer?.ila)) },
    { name: "CLA", look: "number", by: (item) => meanOf(item, "cla"), shown: (item) => row(item, (answer) => percent(answer.cla, 0)) },
    { name: "words", look: "number", by: (item) => meanOf(item, "words"), shown: (item) => row(item, (answer) => answer.words.toLocaleString("en")) },
    { name: "violated", look: "long", by: (item) => broken(item).length, shown: (item) => few(broken(item)) },
  ];
  const gain = (item) => (item.answers[0] && item.answers[names.length - 1] ? item.answers[names.length - 1].cla - item.answers[0].cla : NaN);
  if (several) {
    columns.splice(3, 0, { name: "change", look: "number", by: (item) => (Number.isNaN(gain(item)) ? Infinity : gain(item)), shown: (item) => (Number.isNaN(gain(item)) ? "–" : signed(100 * gain(item))) });
  }
  const filters = [
    { key: "verdict", label: "Verdict", options: [["true", "satisfied"], ["false", "violated"], ["null", "undetermined"]], fits: jointly },
    { key: "kind", label: "Kind", options: kindNames.map((kind) => [kind, kind]), fits: jointly },
    { key: "length", label: "Words", options: [["50", "up to 50"], ["200", "51 to 200"], ["500", "201 to 500"], ["Infinity", "over 500"]], fits: jointly },
  ];
  if (several) {
    filters.push({ key: "file", label: "Of the response in", any: "any file", options: names.map((name, at) => [String(at), name]), fits: jointly },
      { key: "change", label: "All constraints", options: CHANGES, fits: (item, value) => answersOf(item).length > 1 && changed(item)[value] });
  }
  const order = names.join(", then ");
  return [
    words(data, ["ILA", "CLA", "strict", "loose", "undetermined", "degree"]),
    several ? node("p", { class: "about" }, `The responses to a prompt stand side by side${repeated ? ", the first beside the first, the second beside the second" : ""}. Signs and numbers are in the order of the files: ${order}. Change is the CLA of the last less that of the first, in points.`) : null,
    ...browser({
      name: several ? (repeated ? `${names.length > 2 ? "sets" : "pairs"} of responses` : "prompts") : "responses",
      of: repeated ? ` to ${plural(new Set(items.map(promptOf)).size, "prompt")}` : "", items, filters, columns, first, total: number,
      searched: (item) => (item.searched ??= searchedIn(item)),
      detail: (item, state) => [
        node("h2", {}, titleOf(item, ""), repeated && item.key ? node("span", { class: "quiet small" }, ` (${idOf(item)})`) : null),
        ...messages(item.messages),
        ...sideBySide(item, names, mostTelling(item, state.kind)),
      ],
    }),
  ].filter((part) => part !== null);
}

// By which a data set of replay names a response.
const idOf = (item) => `${item.key}/${item.sample}`;
const promptOf = (item) => item.key || JSON.stringify(item.messages);
const searchedIn = (item) => [item.key, ...item.messages.map(([, text]) => text), ...item.answers.map((answer) => answer?.response)].join(" ").toLowerCase();

const titleOf = (item, said) => [`${item.key}${item.sample ? `${item.key ? ", " : ""}response ${item.sample + 1}` : ""}`, said].filter(Boolean).join(": ") || "Response";

// The constraint that is marked at first: of the kind that is looked for, else one that became better or worse, else a violated one.
function mostTelling(item, kind) {
  const verdicts = (at) => answersOf(item).map((answer) => answer.results[at]).filter(Boolean).map((result) => result.strict);
  const candidates = [(constraint) => constraint.kind === kind, (_, at) => new Set(verdicts(at)).size > 1, (_, at) => verdicts(at).includes(false)];
  return candidates.map((fit) => item.constraints.findIndex(fit)).find((at) => at >= 0) ?? 0;
}

// What is said of a verdict.
const saidOf = (result) => [result.reason || MARKS[String(result.strict)][1], result.loose !== result.strict ? `loosely ${MARKS[String(result.loose)][1]}` : "",
  result.degree === undefined ? "" : `degree ${result.degree}`].filter(Boolean).join("; ");

// Constraints, and below them the answers in columns; the constraint that is chosen is marked in each.
function sideBySide(item, names, first) {
  const known = answersOf(item), alone = known.length === 1;
  const columns = node("div", { class: alone ? "" : "answers", ...(alone ? {} : { tabindex: "0", role: "region", "aria-label": "answers side by side" }) });
  const list = node("ul", { class: "constraints" });
  const key = node("p", { class: "quiet small", "aria-live": "polite" });
  const show = (chosen) => {
    [...list.querySelectorAll("button")].forEach((button, at) => button.setAttribute("aria-pressed", String(at === chosen)));
    columns.replaceChildren(...item.answers.map((answer, at) => (answer || !alone ? column(item, answer, names[at], chosen, names.length > 1) : null)).filter(Boolean));
    const marked = known.some((answer) => answer.results[chosen]?.places.length);
    key.replaceChildren(...keyOfMarks(marked));
    columns.querySelector("mark")?.scrollIntoView({ block: "nearest" });
  };
  item.constraints.forEach((constraint, at) => {
    const results = item.answers.map((answer) => answer?.results[at]);
    const reasons = known.length > FEW ? [] : results.map((result, of) => result && `${alone ? "" : `${names[of]}: `}${saidOf(result)}`).filter(Boolean);
    const lines = alone ? [[constraint.kind, ...reasons].join("; ")] : [constraint.kind, ...reasons];
    const verdicts = (alone ? results.filter(Boolean) : results).map((result) => result?.strict);
    list.append(node("li", {}, node("button", { type: "button", onclick: () => show(at) },
      alone ? verdict(verdicts[0]) : course(verdicts), ` ${constraint.says}`, ...lines.map((line) => node("span", { class: "quiet" }, line)))));
  });
  const heading = alone ? (names.length > 1 ? `Response, only in ${names[item.answers.findIndex(Boolean)]}` : "Response") : "Responses";
  const parts = [node("h3", {}, "Constraints"), list, node("h3", {}, heading), key, columns];
  show(first);
  return parts;
}

function column(item, answer, name, chosen, named) {
  if (!answer) return node("div", {}, node("h4", {}, name), node("p", { class: "quiet" }, "no response to this prompt"));
  const result = answer.results[chosen], own = answer.results.filter(Boolean), hits = own.filter((each) => each.strict === true).length;
  return node("div", {},
    named ? node("h4", {}, name, " ", verdict(answer.ila)) : null,
    node("p", { class: "quiet" }, `${hits} of ${plural(own.length, "constraint")}, ${plural(answer.words, "word")}${answer.cut_off ? ", " : ""}`, answer.cut_off ? CUT_OFF() : null),
    ...(answer.messages ? [node("p", { class: "bad" }, "The prompt was another one:"), ...messages(answer.messages)] : []),
    withPlaces(answer.response, result?.places || [], named ? `response, ${name}` : "response"),
    named ? node("p", {}, ...(result ? [verdict(result.strict), ` ${saidOf(result)}`] : ["without this constraint"])) : null,
    answer.thinking === undefined ? null : node("details", {}, node("summary", {}, "All that the model wrote, with its thinking"), node("div", { class: "text" }, answer.thinking)));
}
