// Checklists that readers come back to. Without this module native boxes tick
// and print; with it the ticks stay in this browser, for each article alone.
// What few readers ask for is in checklists-more.js and fetched when they do.

export const PREFIX = "tipsblog:checklists:1:";
// What a record says of an item; of others the author's own tick holds.
export const OPEN = 0, TICKED = 1, SKIPPED = 2;

export const all = (selector, root = document) => [...root.querySelectorAll(selector)];
export const forms = all("form.checklist");
export const scopes = [...forms, ...all(".checklist-stop")];
export const overview = document.querySelector(".checklists-all");
export const nameOf = (scope) => PREFIX + (scope.dataset.article || location.pathname);
export const boxesOf = (scope) => all("input[name]", scope);
export const isEmpty = (object) => !Object.keys(object).length;

// The page brings the words, so that a theme can say them in its language.
const words = Object.fromEntries(all("data", document.querySelector("#checklist-words")?.content)
  .map(({ value, textContent }) => [value, textContent]));
export const say = (key, values) => (words[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => values[name]);
export const tell = (element, text) => {
  // The same words again would be spoken again.
  if (element.textContent !== text) element.textContent = text;
};

export const make = (tag, textContent, properties) =>
  Object.assign(document.createElement(tag), { textContent, ...properties });
export const makeStatus = (className) => make("span", "", { className, role: "status" });
export const button = (key, onclick, more) => make("button", say(key), { type: "button", onclick, ...more });
export const tools = (...parts) => {
  const bar = make("div", "", { className: "checklist-bar" });
  bar.append(...parts);
  return bar;
};

// `memory` stands in for a storage that is full or blocked.
const memory = {};
let warned;
const warn = (key) => {
  if (!warned) tell(document.querySelector(".checklist-note"), say(key));
  warned = true;
};

export const clean = (record) => {
  if (!record || record.constructor !== Object) throw TypeError();
  return Object.fromEntries(Object.entries(record).filter(([, state]) => [0, 1, 2].includes(state)));
};

export const read = (name) => {
  if (memory[name]) return { ...memory[name] };
  let text;
  try {
    text = localStorage.getItem(name) ?? "{}";
  } catch {
    warn("full");
    return {};
  }
  try {
    return clean(JSON.parse(text));
  } catch {
    warn("corrupt");
    return {};
  }
};

const write = (name, record) => {
  try {
    if (isEmpty(record)) localStorage.removeItem(name);
    else localStorage.setItem(name, JSON.stringify(record));
    delete memory[name];
  } catch {
    memory[name] = record;
    warn("full");
  }
};

// Changes are {record's name: {key: state}}; no state forgets the item. They
// touch single items, so that what another tab ticks meanwhile stays.
const past = [];
export const change = (changes, undoing) => {
  const before = {};
  for (const name in changes) {
    const record = read(name);
    before[name] = {};
    for (const [key, state] of Object.entries(changes[name])) {
      before[name][key] = record[key];
      if (state === undefined) delete record[key];
      else record[key] = state;
    }
    write(name, record);
  }
  if (!undoing) past.push(before);
  refresh();
};

const lastChangeOf = (form) => past.findLastIndex((changes) =>
  boxesOf(form).some((box) => box.name in (changes[nameOf(form)] ?? {})));

export const refresh = () => {
  for (const scope of scopes) {
    const record = read(nameOf(scope));
    for (const box of boxesOf(scope)) {
      const state = record[box.name] ?? +box.defaultChecked;
      box.checked = state === TICKED;
      box.disabled = state === SKIPPED;
      const item = box.parentElement;
      item.classList.toggle("checklist-skipped", box.disabled);
      const skip = item.querySelector(":scope > .checklist-extra button");
      if (skip) skip.ariaPressed = box.disabled;
    }
  }
  forms.forEach(count);
  more?.countOpen();
};

const count = (form) => {
  const boxes = boxesOf(form).filter((box) => !box.disabled);
  const needed = boxes.filter((box) => box.dataset.optional === undefined);
  const total = needed.length;
  const score = needed.filter((box) => box.checked).length;
  const more = boxes.filter((box) => box.checked).length - score;
  tell(form.querySelector(".checklist-progress"), say(more ? "progress-optional" : "progress", { score, total, more }));
  Object.assign(form.querySelector("progress"), { max: total || 1, value: score });
  form.querySelector(".checklist-undo").disabled = lastChangeOf(form) < 0;
  for (const result of all(".checklist-result", form)) {
    result.hidden = score < result.dataset.from || score > result.dataset.to;
    for (const place of all(".checklist-score", result)) place.textContent = score;
    for (const place of all(".checklist-total", result)) place.textContent = total;
  }
};

let more;
const withMore = async (act) => {
  try {
    more ??= await import("./checklists-more.js");
  } catch {
    return tell(document.querySelector(".checklist-note"), say("offline"));
  }
  act(more);
};

const addTools = (form) => {
  const undo = button("undo", () => {
    change(past.splice(lastChangeOf(form), 1)[0], true);
    if (undo.disabled) reset.focus();
  }, { className: "checklist-undo" });
  const reset = button("reset", () =>
    change({ [nameOf(form)]: Object.fromEntries(boxesOf(form).map((box) => [box.name])) }));
  const bar = tools(make("progress", "", { ariaHidden: true }), makeStatus("checklist-progress"), undo, reset);
  if (!overview) {
    const menu = make("details", "", { className: "checklist-more" });
    menu.append(make("summary", say("more")));
    menu.addEventListener("toggle", () => withMore(({ fillMenu }) => fillMenu(menu, form)));
    bar.append(menu);
  }
  bar.append(makeStatus("checklist-note"));
  form.append(bar);
};

// #c=key,~skipped,-unticked
const readLink = () => {
  if (location.hash.startsWith("#c=") && forms.length && !overview) withMore(({ readLink }) => readLink());
};

forms.forEach(addTools);
for (const scope of scopes) {
  scope.addEventListener("change", ({ target: { name, checked } }) => {
    if (name) change({ [nameOf(scope)]: { [name]: +checked } });
  });
}
refresh();
if (overview) withMore(({ addOverview }) => addOverview());
readLink();
addEventListener("hashchange", readLink);
addEventListener("storage", refresh);
addEventListener("pageshow", refresh);
