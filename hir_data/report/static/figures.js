// Figures of verifications: shares with their intervals, differences of files, kinds.

function overview(data) {
  const files = data.verified, several = files.length > 1;
  const parts = [words(data, ["ILA", "CLA", "strict", "loose", "95 % interval", "undetermined", ...(several ? ["significant"] : [])])];
  parts.push(node("h2", {}, "Accuracy"), table("Of all responses and their constraints. The bar is the share, and the line over it its 95 % interval.",
    [["share"], ...(several ? [["file", "file"]] : []), ["value", "number"], ["bar", "bars"]], shares(files, several)));
  if (data.paired.length) parts.push(node("h2", {}, "Differences"), ...differences(data.paired));
  parts.push(...kinds(files, "h2", opensResponses));
  const passed = files.filter((file) => file.figures.pass_at_k);
  if (passed.length) parts.push(node("h2", {}, "pass@k"), ...passAtK(passed, several));
  return parts;
}

// A row for each share and each file, so that the bars of a share stand below each other.
function shares(files, several) {
  const names = [["ila_strict", "ILA, strict"], ["ila_loose", "ILA, loose"], ["cla_strict", "CLA, strict"], ["cla_loose", "CLA, loose"]];
  return names.flatMap(([name, label]) => files.filter((file) => file.figures[name]).map((file, at) => {
    const share = file.figures[name];
    const value = node("div", {}, percent(share.value), node("span", { class: "quiet small" }, `${points(share.low)} to ${points(share.high)}`));
    return [at ? node("span", { class: "hidden" }, label) : label, ...(several ? [node("span", {}, ...breakable(file.name))] : []), value, bar(share.value, share)];
  }));
}

function differences(pairs) {
  const first = pairs[0].beside;
  const shared = pairs.some((pair) => pair.prompts);
  if (!shared) return [node("p", {}, `No other file has a prompt of ${first}, so there is nothing to compare.`)];
  return [
    node("p", { class: "about" }, `How much better each file is than ${first}, in percentage points. For each prompt that both have: the mean over its responses in the one file `
      + "less that in the other; then the mean of these over the prompts, so that each prompt counts once. The figures above are over all responses and all constraints: "
      + "where prompts have different numbers of them, their difference is another."),
    table(`Beside ${first}, with the 95 % interval; p is how likely so large a difference is by chance alone`,
      [["file"], ["prompts", "number"], ["ILA", "number"], ["CLA", "number"]],
      pairs.map((pair) => [node("span", {}, ...breakable(pair.name)), String(pair.prompts), difference(pair.ila, pair.p?.ila), difference(pair.cla, pair.p?.cla)]))];
}

const points = (value) => (100 * value).toFixed(1);
const signed = (value) => `${value > 0 ? "+" : value < 0 ? "−" : ""}${Math.abs(value).toFixed(1)}`;

function difference(interval, p) {
  if (!interval) return node("span", { class: "quiet" }, "–");
  const [mean, low, high] = interval.map((value) => signed(Number((100 * value).toFixed(1))));
  if (interval.every((value) => value === 0)) return node("div", {}, "0.0", node("span", { class: "quiet small" }, "no prompt differs"));
  const look = p < 0.05 ? (interval[0] > 0 ? "good" : "bad") : "";
  return node("div", {}, node("span", { class: look }, `${mean}${look ? ", significant" : ""}`),
    ...[`${low} to ${high}`, `p ${p < 0.001 ? "< 0.001" : `= ${Number(p.toFixed(3))}`}`].map((line) => node("span", { class: "quiet small" }, line)));
}

function passAtK(files, several) {
  const ks = [...new Set(files.flatMap((file) => Object.keys(file.figures.pass_at_k)))];
  const rows = ks.flatMap((k) => files.filter((file) => file.figures.pass_at_k[k]).map((file, at) => {
    const { value, prompts } = file.figures.pass_at_k[k];
    return [at ? node("span", { class: "hidden" }, k) : k, ...(several ? [node("span", {}, ...breakable(file.name))] : []), node("div", {}, percent(value), node("span", { class: "quiet small" }, plural(prompts, "prompt"))), bar(value)];
  }));
  return [
    node("p", { class: "about" }, "The probability that of k responses to a prompt one at least satisfies all constraints: with k tries, so many prompts would be answered well. "
      + "It is the mean over prompts that have k responses or more. Of a prompt with c good ones among n responses it is 1 - C(n - c, k) / C(n, k), an estimate without bias."),
    table("By the number of tries", [["k"], ...(several ? [["file", "file"]] : []), ["pass@k", "number"], ["bar", "bars"]], rows)];
}

const opensResponses = (kind) => node("button", { type: "button", onclick: () => open("Responses", { kind, verdict: "false" }) }, ...breakable(kind));

// Kinds of files or of iterations, side by side; ``opening`` makes of a kind what opens its responses.
function kinds(verified, heading, opening = null, of = "") {
  if (!verified.length) return [];
  const several = verified.length > 1;
  const count = (file, kind) => file.figures.kinds[kind]?.constraints || 0;
  const share = (file, kind) => (count(file, kind) ? file.figures.kinds[kind].strict / count(file, kind) : undefined);
  const names = [...new Set(verified.flatMap((file) => Object.keys(file.figures.kinds)))];
  const total = (kind) => verified.reduce((sum, file) => sum + count(file, kind), 0);
  const mean = (kind) => verified.reduce((sum, file) => sum + (file.figures.kinds[kind]?.strict || 0), 0) / total(kind);
  names.sort((a, b) => mean(a) - mean(b) || (a < b ? -1 : 1));
  const open = verified.some((file) => file.figures.undetermined);
  const heads = [["kind"], ["count", "number"]];
  heads.push(...(several ? verified.map((file) => [file.name, "heats"]) : [["satisfied", "number"], ["bar", "bars"], ...(open ? [["undetermined", "number"]] : [])]));
  const counts = (kind) => {
    const each = verified.map((file) => count(file, kind));
    if (!several) return each[0].toLocaleString("en");
    return each.every((number) => number === each[0]) ? `${each[0].toLocaleString("en")} each` : each.map((number) => number.toLocaleString("en")).join(", ");
  };
  const about = ["The share of the constraints of a kind that are satisfied, strictly.",
    several ? `Count is how many there are in ${of ? "an iteration" : "a file"}; "each" where it is the same in all. First come those with the smallest share over all together.` : "Count is how many there are.",
    opening ? "A kind opens the responses that violate it." : ""].filter(Boolean).join(" ");
  return [node(heading, {}, "Kinds, worst first"), table(about, heads, names.map((kind) => {
    const cells = several
      ? verified.map((file) => heat(share(file, kind)))
      : [percent(share(verified[0], kind)), bar(share(verified[0], kind)), ...(open ? [String(verified[0].figures.kinds[kind].undetermined || "–")] : [])];
    return [opening ? opening(kind) : node("span", {}, ...breakable(kind)), counts(kind), ...cells];
  }), of)];
}
