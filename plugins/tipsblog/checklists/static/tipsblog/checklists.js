// Keeps a reader's ticks in this browser, for each article on its own.
// The page works without: native boxes tick and print.

const PREFIX = "tipsblog:checklists:1:";

const forms = [...document.querySelectorAll("form.checklist")];
const recordOf = (form) => PREFIX + (form.dataset.article || location.pathname);
const boxesOf = (form) => [...form.querySelectorAll("input[type=checkbox][name]")];

// A record holds what differs from the author's own ticks: {key: 1 or 0}.
const load = (name) => {
  try {
    const record = JSON.parse(localStorage.getItem(name));
    return record && typeof record === "object" ? record : {};
  } catch {
    return {};
  }
};

const save = (name, key, value) => {
  const record = load(name); // another tab may have ticked meanwhile
  record[key] = value;
  try {
    localStorage.setItem(name, JSON.stringify(record));
  } catch {
    say("Your ticks are not kept: this browser does not let the page store them.");
  }
};

const say = (words) => {
  for (const form of forms) form.querySelector(".checklist-note").textContent = words;
};

const count = (form) => {
  const boxes = boxesOf(form);
  const done = boxes.filter((box) => box.checked).length;
  const words = `${done} of ${boxes.length}`;
  const status = form.querySelector(".checklist-progress");
  if (status.textContent !== words) status.textContent = words;
  const bar = form.querySelector("progress");
  bar.max = boxes.length;
  bar.value = done;
};

const show = (form) => {
  const record = load(recordOf(form));
  for (const box of boxesOf(form)) box.checked = !!(record[box.name] ?? box.defaultChecked);
  count(form);
};

for (const form of forms) {
  const bar = document.createElement("p");
  bar.className = "checklist-bar";
  const progress = document.createElement("progress");
  progress.setAttribute("aria-hidden", "true");
  const status = document.createElement("span");
  status.className = "checklist-progress";
  status.setAttribute("role", "status");
  const note = document.createElement("span");
  note.className = "checklist-note";
  note.setAttribute("role", "status");
  bar.append(progress, " ", status, " ", note);
  form.append(bar);
  form.addEventListener("change", ({ target }) => {
    if (!target.name) return;
    save(recordOf(form), target.name, +target.checked);
    count(form);
  });
  show(form);
}

addEventListener("storage", ({ key }) => {
  for (const form of forms) if (key === null || key === recordOf(form)) show(form);
});
