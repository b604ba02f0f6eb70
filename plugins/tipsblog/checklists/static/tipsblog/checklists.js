// Checklists that readers come back to. Without this module native boxes tick
// and print; with it the ticks stay in this browser, for each article alone.

const PREFIX = "tipsblog:checklists:1:";
const FORMAT = "tipsblog-ticks-1";
// What a record says of an item; of others the author's own tick holds.
const OPEN = 0, TICKED = 1, SKIPPED = 2;

const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const forms = all("form.checklist");
const scopes = [...forms, ...all(".checklist-stop")];
const overview = document.querySelector(".checklists-all");
const nameOf = (scope) => PREFIX + (scope.dataset.article || location.pathname);
const boxesOf = (scope) => all("input[name]", scope);
const textOf = (box) => box.labels[0].textContent.trim().replace(/\s+/g, " ");
const isEmpty = (object) => !Object.keys(object).length;
const tell = (element, words) => {
  // The same words again would be spoken again.
  if (element.textContent !== words) element.textContent = words;
};

const make = (tag, textContent, properties) =>
  Object.assign(document.createElement(tag), { textContent, ...properties });
const makeStatus = (className) => make("span", "", { className, role: "status" });
const button = (text, onclick, more) => make("button", text, { type: "button", onclick, ...more });
const tools = (...parts) => {
  const bar = make("div", "", { className: "checklist-bar" });
  bar.append(...parts);
  return bar;
};

// `memory` stands in for a storage that is full or blocked.
const memory = {};
let warned;
const warn = (why) => {
  if (!warned) tell(document.querySelector(".checklist-note"), `Your ticks are not kept: ${why}.`);
  warned = true;
};

const clean = (record) => {
  if (!record || record.constructor !== Object) throw TypeError();
  return Object.fromEntries(Object.entries(record).filter(([, state]) => [0, 1, 2].includes(state)));
};

const read = (name) => {
  if (memory[name]) return { ...memory[name] };
  let text;
  try {
    text = localStorage.getItem(name) ?? "{}";
  } catch {
    warn("this browser lets the page store nothing");
    return {};
  }
  try {
    return clean(JSON.parse(text));
  } catch {
    warn("what was stored cannot be read");
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
    warn("this browser's storage is full or blocked");
  }
};

// Changes are {record's name: {key: state}}; no state forgets the item. They
// touch single items, so that what another tab ticks meanwhile stays.
const past = [];
const change = (changes, undoing) => {
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

const refresh = () => {
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
  if (overview) countOpen();
};

const count = (form) => {
  const boxes = boxesOf(form).filter((box) => !box.disabled);
  const needed = boxes.filter((box) => box.dataset.optional === undefined);
  const total = needed.length;
  const score = needed.filter((box) => box.checked).length;
  const more = boxes.filter((box) => box.checked).length - score;
  tell(form.querySelector(".checklist-progress"), `${score} of ${total}${more ? ` and ${more} optional` : ""}`);
  Object.assign(form.querySelector("progress"), { max: total || 1, value: score });
  form.querySelector(".checklist-undo").disabled = lastChangeOf(form) < 0;
  for (const result of all(".checklist-result", form)) {
    result.hidden = score < result.dataset.from || score > result.dataset.to;
    for (const place of all(".checklist-score", result)) place.textContent = score;
    for (const place of all(".checklist-total", result)) place.textContent = total;
  }
};

// Ticks from a link or a file; asks first where the reader has ticks already.
const offer = (place, incoming, source) => {
  const add = () => change(incoming);
  const replace = () => {
    for (const name in incoming) {
      const gone = Object.keys(read(name)).map((key) => [key, undefined]);
      incoming[name] = { ...Object.fromEntries(gone), ...incoming[name] };
    }
    add();
  };
  if (Object.keys(incoming).every((name) => isEmpty(read(name)))) return add();
  const question = make("p", `There are ticks in this ${source}. `, { className: "checklist-offer", tabIndex: -1 });
  const answer = (text, act) => button(text, () => {
    question.remove();
    act?.();
    place.querySelector("input:enabled")?.focus();
  });
  question.append(answer("Replace mine", replace), answer("Add to mine", add), answer("Keep mine"));
  place.querySelector(".checklist-offer")?.remove();
  place.prepend(question);
  question.focus();
};

// #c=key,~skipped,-unticked
const readLink = () => {
  const [form] = forms;
  if (!location.hash.startsWith("#c=") || !form || overview) return;
  const states = {};
  for (const word of location.hash.slice(3).split(",")) {
    const [, mark, code] = word.match(/^([-~]?)(.*)/);
    const box = scopes.flatMap(boxesOf).find(({ name }) => encodeURIComponent(name) === code);
    if (box) states[box.name] = { "-": OPEN, "~": SKIPPED }[mark] ?? TICKED;
  }
  history.replaceState(null, "", location.pathname + location.search);
  if (!isEmpty(states)) offer(form, { [nameOf(form)]: states }, "link");
};

const linkOf = (form) => `${location.href.split("#")[0]}#c=${Object.entries(read(nameOf(form)))
  .map(([key, state]) => ["-", "", "~"][state] + encodeURIComponent(key))}`;

const markdownOf = (form) => boxesOf(form).map((box) => {
  let indent = "";
  for (let item = box; form.contains((item = item.closest("li").parentElement.closest("li"))); ) indent += "    ";
  const text = box.disabled ? `~~${textOf(box)}~~` : textOf(box);
  return `${indent}- [${box.checked ? "x" : " "}] ${text}\n`;
}).join("");

const copy = async (form, text) => {
  const note = form.querySelector(".checklist-note");
  try {
    await navigator.clipboard.writeText(text);
    note.textContent = "Copied.";
  } catch {
    const field = make("textarea", text, { readOnly: true, ariaLabel: "To copy" });
    note.replaceChildren(field);
    field.select();
  }
};

const saveFile = (names) => {
  const ticks = Object.fromEntries(names.map((name) => [name.slice(PREFIX.length), read(name)]));
  const href = URL.createObjectURL(new Blob([JSON.stringify({ format: FORMAT, ticks }, null, 1)]));
  make("a", "", { href, download: "ticks.json" }).click();
  URL.revokeObjectURL(href);
};

const loadFile = (place, names) => make("input", "", {
  type: "file",
  accept: ".json",
  onchange: async ({ target }) => {
    const incoming = {};
    try {
      const { format, ticks } = JSON.parse(await target.files[0].text());
      for (const article in ticks) {
        const name = PREFIX + article;
        if (names.includes(name)) incoming[name] = clean(ticks[article]);
      }
      if (format !== FORMAT || isEmpty(incoming)) throw TypeError();
    } catch {
      tell(place.querySelector(".checklist-note"), "This file holds no ticks for this page.");
      return;
    }
    offer(place, incoming, "file");
  },
}).click();

const addExtra = (box) => {
  const text = textOf(box);
  const extra = make("span", "", { className: "checklist-extra" });
  extra.append(
    make("a", "#", { href: `#${box.id}`, ariaLabel: `# Link to: ${text}` }),
    button("Not for me",
      () => change({ [nameOf(box.form)]: { [box.name]: box.disabled ? undefined : SKIPPED } }),
      { ariaPressed: box.disabled, ariaLabel: `Not for me: ${text}` }),
  );
  box.labels[0].after(extra);
};

const addTools = (form) => {
  const name = nameOf(form);
  const undo = button("Undo", () => {
    change(past.splice(lastChangeOf(form), 1)[0], true);
    if (undo.disabled) reset.focus();
  }, { className: "checklist-undo" });
  const reset = button("Reset", () =>
    change({ [name]: Object.fromEntries(boxesOf(form).map((box) => [box.name])) }));
  const bar = tools(make("progress", "", { ariaHidden: true }), makeStatus("checklist-progress"), undo, reset);
  if (!overview) {
    const menu = make("details", "", { className: "checklist-more" });
    const adjust = button("Link or leave out items", () => {
      const extras = all(".checklist-extra", form);
      adjust.ariaPressed = !extras.length;
      for (const extra of extras) extra.remove();
      if (!extras.length) boxesOf(form).forEach(addExtra);
    }, { ariaPressed: false });
    menu.append(
      make("summary", "More"),
      adjust,
      button("Copy as Markdown", () => copy(form, markdownOf(form))),
      button("Copy a link with my ticks", () => copy(form, linkOf(form))),
      button("Save my ticks to a file", () => saveFile([name])),
      button("Load ticks from a file", () => loadFile(form, [name])),
    );
    bar.append(menu);
  }
  bar.append(makeStatus("checklist-note"));
  form.append(bar);
};

// The page of all checklists. A mistake that a reader makes is open, too.
const isOpen = (box) => !box.disabled && box.checked === (box.form.dataset.tick === "make");

const countOpen = () => {
  const open = forms.map((form) => boxesOf(form).filter(isOpen).length).filter(Boolean);
  tell(overview.querySelector(".checklists-open"),
    `${open.reduce((sum, n) => sum + n, 0)} still open in ${open.length} of ${forms.length} lists`);
};

const addOverview = () => {
  const names = forms.map(nameOf);
  const filter = button("Only what is open", () => {
    filter.ariaPressed = overview.classList.toggle("checklists-open-only");
    // Not at each tick: what a reader has just ticked stays under the finger.
    for (const box of forms.flatMap(boxesOf)) box.parentElement.classList.toggle("checklist-closed", !isOpen(box));
  }, { ariaPressed: false });
  overview.querySelector("section").before(tools(
    makeStatus("checklists-open"),
    filter,
    button("Save all ticks to a file", () => saveFile(names)),
    button("Load ticks from a file", () => loadFile(overview, names)),
    makeStatus("checklist-note"),
  ));
};

forms.forEach(addTools);
if (overview) addOverview();
for (const scope of scopes) {
  scope.addEventListener("change", ({ target: { name, checked } }) => {
    if (name) change({ [nameOf(scope)]: { [name]: +checked } });
  });
}
refresh();
readLink();
addEventListener("hashchange", readLink);
addEventListener("storage", refresh);
addEventListener("pageshow", refresh);
