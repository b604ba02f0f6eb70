// What few readers of a checklist ask for: its menu, ticks that come by a link
// or a file, and the page of all checklists.

import {
  OPEN, PREFIX, SKIPPED, TICKED, all, boxesOf, button, change, clean, forms, isEmpty, make, makeStatus,
  nameOf, overview, read, refresh, say, scopes, tell, tools,
} from "./checklists.js";

const FORMAT = "tipsblog-ticks-1";
const textOf = (box) => box.labels[0].textContent.trim().replace(/\s+/g, " ");

// Ticks from a link or a file; asks first where the reader has ticks already.
const offer = (place, incoming, question) => {
  const add = () => change(incoming);
  const replace = () => {
    for (const name in incoming) {
      const gone = Object.keys(read(name)).map((key) => [key, undefined]);
      incoming[name] = { ...Object.fromEntries(gone), ...incoming[name] };
    }
    add();
  };
  if (Object.keys(incoming).every((name) => isEmpty(read(name)))) return add();
  const offered = make("p", `${say(question)} `, { className: "checklist-offer", tabIndex: -1 });
  const answer = (key, act) => button(key, () => {
    offered.remove();
    act?.();
    place.querySelector("input:enabled")?.focus();
  });
  offered.append(answer("replace", replace), answer("add", add), answer("keep"));
  place.querySelector(".checklist-offer")?.remove();
  place.prepend(offered);
  offered.focus();
};

export const readLink = () => {
  const [form] = forms;
  const states = {};
  for (const word of location.hash.slice(3).split(",")) {
    const [, mark, code] = word.match(/^([-~]?)(.*)/);
    const box = scopes.flatMap(boxesOf).find(({ name }) => encodeURIComponent(name) === code);
    if (box) states[box.name] = { "-": OPEN, "~": SKIPPED }[mark] ?? TICKED;
  }
  history.replaceState(null, "", location.pathname + location.search);
  if (!isEmpty(states)) offer(form, { [nameOf(form)]: states }, "in-link");
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
    note.textContent = say("copied");
  } catch {
    const field = make("textarea", text, { readOnly: true, ariaLabel: say("to-copy") });
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
      tell(place.querySelector(".checklist-note"), say("no-ticks"));
      return;
    }
    offer(place, incoming, "in-file");
  },
}).click();

const addExtra = (box) => {
  const item = textOf(box);
  const extra = make("span", "", { className: "checklist-extra" });
  extra.append(
    make("a", "#", { href: `#${box.id}`, ariaLabel: say("link-to", { item }) }),
    button("not-for-me",
      () => change({ [nameOf(box.form)]: { [box.name]: box.disabled ? undefined : SKIPPED } }),
      { ariaPressed: box.disabled, ariaLabel: say("not-for-me-item", { item }) }),
  );
  box.labels[0].after(extra);
};

export const fillMenu = (menu, form) => {
  if (menu.children.length > 1) return;
  const name = nameOf(form);
  const adjust = button("adjust", () => {
    const extras = all(".checklist-extra", form);
    adjust.ariaPressed = !extras.length;
    for (const extra of extras) extra.remove();
    if (!extras.length) boxesOf(form).forEach(addExtra);
  }, { ariaPressed: false });
  menu.append(
    adjust,
    button("copy-list", () => copy(form, markdownOf(form))),
    button("copy-link", () => copy(form, linkOf(form))),
    button("save", () => saveFile([name])),
    button("load", () => loadFile(form, [name])),
  );
};

// The page of all checklists. A mistake that a reader makes is open, too.
const isOpen = (box) => !box.disabled && box.checked === (box.form.dataset.tick === "make");

export const countOpen = () => {
  const status = document.querySelector(".checklists-open");
  if (!status) return;
  const open = forms.map((form) => boxesOf(form).filter(isOpen).length).filter(Boolean);
  const items = open.reduce((sum, n) => sum + n, 0);
  tell(status, say("still-open", { items, open: open.length, lists: forms.length }));
};

export const addOverview = () => {
  const names = forms.map(nameOf);
  const filter = button("only-open", () => {
    filter.ariaPressed = overview.classList.toggle("checklists-open-only");
    // Not at each tick: what a reader has just ticked stays under the finger.
    for (const box of forms.flatMap(boxesOf)) box.parentElement.classList.toggle("checklist-closed", !isOpen(box));
  }, { ariaPressed: false });
  overview.querySelector("section").before(tools(
    makeStatus("checklists-open"),
    filter,
    button("save-all", () => saveFile(names)),
    button("load", () => loadFile(overview, names)),
    makeStatus("checklist-note"),
  ));
  refresh();
};
