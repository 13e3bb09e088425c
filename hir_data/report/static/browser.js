// A list that can be searched, sorted and gone through, with one of its items shown below.
// ``of`` goes on behind how many there are.
function browser({ name, of = "", items, total, filters, columns, searched, detail, first, sorted = null }) {
  const state = { page: 0, sort: sorted, down: false, chosen: null, ...first };
  const count = node("p", { "aria-live": "polite", class: "quiet" });
  const body = node("tbody", { role: "rowgroup" });
  const pages = node("div", { class: "pages" });
  const below = node("section", { "aria-label": `one of the ${name}`, tabindex: "-1" });
  const sample = items.length < total ? ` (a sample of ${total.toLocaleString("en")}; figures are of all)` : "";
  let listed = items;

  const search = node("input", { type: "search", value: state.search || "", oninput: () => { state.search = search.value; listAnew(); } });
  const form = node("form", { role: "search", onsubmit: (event) => event.preventDefault() }, node("label", {}, "Text", search));
  for (const filter of filters) {
    const select = node("select", { onchange: () => { state[filter.key] = select.value; listAnew(); } },
      node("option", { value: "" }, filter.any || "all"), ...filter.options.map(([value, label]) => node("option", { value }, label)));
    select.value = state[filter.key] || "";
    form.append(node("label", {}, filter.label, select));
  }

  // The roles, since a narrow screen lays the cells of a row out below each other and would forget them.
  const head = node("tr", { role: "row" }, ...columns.map((column) => {
    const cell = node("th", { scope: "col", role: "columnheader", class: column.look || "" });
    cell.append(column.by ? node("button", { type: "button", onclick: () => {
      state.down = state.sort === column ? !state.down : false;
      state.sort = column;
      for (const other of head.children) other.removeAttribute("aria-sort");
      cell.setAttribute("aria-sort", state.down ? "descending" : "ascending");
      listAnew();
    } }, column.name) : column.name);
    return cell;
  }));

  function listAnew() {
    const wanted = (state.search || "").toLowerCase();
    listed = items.filter((item) => filters.every((filter) => !state[filter.key] || filter.fits(item, state[filter.key], state))
      && (!wanted || searched(item).includes(wanted)));
    if (state.sort) {
      const by = state.sort.by, sign = state.down ? -1 : 1;
      listed = [...listed].sort((a, b) => { const x = by(a), y = by(b); return sign * (x < y ? -1 : x > y ? 1 : 0); });
    }
    state.page = 0;
    show();
  }

  function show() {
    count.textContent = `${listed.length.toLocaleString("en")} of ${items.length.toLocaleString("en")} ${name}${of}${sample}`;
    const last = Math.max(0, Math.ceil(listed.length / A_PAGE) - 1);
    body.replaceChildren(...listed.slice(state.page * A_PAGE, (state.page + 1) * A_PAGE).map((item) => {
      const row = node("tr", { class: "row", role: "row", "aria-current": item === state.chosen ? "true" : null, onclick: () => choose(item) });
      row.append(...columns.map((column, at) => {
        const value = column.shown(item);
        return node("td", { class: column.look || "", role: "cell", "data-name": column.name }, at === 0 ? node("button", { type: "button" }, value) : value);
      }));
      return row;
    }));
    const step = (label, by) => node("button", { type: "button", disabled: state.page + by < 0 || state.page + by > last, onclick: () => { state.page += by; show(); } }, label);
    pages.replaceChildren(step("Previous page", -1), `page ${state.page + 1} of ${last + 1}`, step("Next page", 1));
  }

  function choose(item) {
    state.chosen = item;
    const at = listed.indexOf(item);
    state.page = Math.max(0, Math.floor(at / A_PAGE));
    show();
    const go = (label, by) => node("button", { type: "button", disabled: !listed[at + by], onclick: () => choose(listed[at + by]) }, label);
    const back = () => node("button", { type: "button", onclick: goBack }, "Back to its row");
    below.replaceChildren(node("div", { class: "card" }, node("div", { class: "pages" }, go("Previous", -1), go("Next", 1), back()), ...detail(item, state), node("div", { class: "pages" }, back())));
    below.scrollIntoView({ block: "start" });
    below.focus({ preventScroll: true });
  }

  // To the row of what is shown below, if the list still has it.
  function goBack() {
    const at = listed.indexOf(state.chosen);
    if (at >= 0 && Math.floor(at / A_PAGE) !== state.page) {
      state.page = Math.floor(at / A_PAGE);
      show();
    }
    const row = body.querySelector("[aria-current] button") || search;
    row.scrollIntoView({ block: "center" });
    row.focus({ preventScroll: true });
  }

  below.addEventListener("keydown", (event) => { if (event.key === "Escape") goBack(); });
  listAnew();
  if (state.opened) queueMicrotask(() => choose(state.opened)); // when it is on the page
  const list = node("table", { class: "list", role: "table", "aria-label": name }, node("thead", { role: "rowgroup" }, head), body);
  return [form, count, scrollable(name, list), pages, below];
}

