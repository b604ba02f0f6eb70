/* What script adds to the comment form: sent in place, previewed, drafts kept,
   replies written under the comment answered, one's own comment changed. Without
   it the form is sent as any other, and "Reply" opens the service's own page. */
const form = document.querySelector(".comment-form");
const service = form.dataset.intake;
const field = (name) => form.elements[name];
const status = form.querySelector(".comment-status");
const key = field("article").value;
const draftKey = `tipsblog:draft:${key}`;
const ownKey = `tipsblog:own:${key}`;
const home = document.createComment("form");

/* What is said here, and by the service, in the page's language: a theme may bring
   other words for the English ones. "{}" stands for a number. */
const NUMBER = /\d[\d,]*/g;
const words = new Map(Array.from(
  document.querySelector("#comment-words")?.content.children ?? [],
  (one) => [one.value, one.textContent]));
const word = (english = "") => {
  const numbers = english.match(NUMBER) ?? [];
  const other = words.get(english.replace(NUMBER, "{}"));
  return other?.replace(/\{\}/g, () => numbers.shift()) ?? english;
};

const stored = (name, value) => {
  try {
    if (value === undefined) return JSON.parse(localStorage.getItem(name));
    if (value) localStorage.setItem(name, JSON.stringify(value));
    else localStorage.removeItem(name);
  } catch { /* no storage, or not ours: nothing is kept */ }
  return null;
};

const element = (name, text, props = {}) =>
  Object.assign(document.createElement(name), { textContent: text }, props);
const button = (english, props = {}) => element("button", word(english), { type: "button", ...props });

const say = (sentence, html, more) => {
  status.replaceChildren();
  if (sentence) status.append(element("p", [sentence, more].filter(Boolean).map(word).join(" ")));
  // Sanitised by the service, on the way out, as on the page itself.
  if (html) status.append(Object.assign(element("div", ""), { innerHTML: html, className: "comment-body" }));
};

const send = async (path, data) => {
  const answer = await fetch(service + path, {
    method: "POST",
    headers: { accept: "application/json" },
    body: new URLSearchParams(data),
  });
  return { ok: answer.ok, ...(await answer.json()) };
};

/* A token says when the form was first touched; the page itself, built once for
   everyone, cannot. */
let token;
const touch = () => {
  token ??= fetch(`${service}/token?article=${encodeURIComponent(key)}`)
    .then((answer) => answer.json())
    .then(async (given) => {
      field("token").value = given.token ?? "";
      return given.work ? { ...given, answer: await work(given.token, given.work) } : given;
    })
    .catch(() => { token = undefined; return {}; });
  return token;
};

const work = async (text, bits) => {
  const encoder = new TextEncoder();
  for (let n = 0; ; n++) {
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(`${text}:${n}`)));
    let left = bits, i = 0;
    for (; left >= 8 && hash[i] === 0; left -= 8) i++;
    if (left < 8 && hash[i] >> (8 - left) === 0) return String(n);
  }
};

const mend = (problems = {}) => {
  for (const input of form.querySelectorAll("[name]")) {
    const problem = problems[input.name];
    const id = `${input.id}-problem`;
    document.getElementById(id)?.remove();
    if (!input.id) continue;
    input.toggleAttribute("aria-invalid", false);
    if (!problem) continue;
    input.setAttribute("aria-invalid", "true");
    input.setAttribute("aria-describedby", id);
    input.after(element("span", word(problem), { id, className: "comment-problem" }));
  }
  form.querySelector("[aria-invalid=true]")?.focus();
};

/* The page is rebuilt after a comment: look until it stands there. */
const appear = async (id, gone, wait = 1000) => {
  if (wait > 40000) return;
  await new Promise((later) => setTimeout(later, wait));
  try {
    const page = await (await fetch(location.pathname, { cache: "no-store" })).text();
    const fresh = new DOMParser().parseFromString(page, "text/html").querySelector("#comments");
    if (fresh && !fresh.querySelector(`#c${CSS.escape(id)}`) === gone) {
      const section = document.querySelector("#comments");
      for (const part of ["h2", ".thread"]) {
        const [old, now] = [section.querySelector(part), fresh.querySelector(part)];
        if (old && now) old.replaceWith(now);
        else if (now) section.querySelector("h2").after(now);
        else old?.remove();
      }
      for (const own of stored(ownKey) ?? []) offer(own);
      return;
    }
  } catch { /* off line for a moment */ }
  await appear(id, gone, wait * 1.5);
};

/* Answering: the form moves under the comment. */
export const answer = (link) => {
  if (!home.parentNode) form.before(home);
  const item = link.closest("li");
  field("parent").value = new URL(link.href, location).searchParams.get("parent");
  (item.querySelector(":scope > .comment-footer") ?? link).after(form);
  form.querySelector(".comment-message").replaceChildren(
    button("Not a reply", { className: "comment-home" }));
  field("body").focus();
};
const back = () => {
  if (!home.parentNode) return;
  field("parent").value = "";
  home.replaceWith(form);
  form.querySelector(".comment-message").textContent = message;
};
const message = form.querySelector(".comment-message").textContent;

/* One's own comment, as long as the service lets it be changed. */
const offer = (own) => {
  if (Date.now() > own.until) return;
  const footer = document.querySelector(`#c${CSS.escape(own.id)} > .comment-footer`);
  const place = footer ?? status;
  const mark = `.comment-own[data-own="${CSS.escape(own.id)}"]`;
  if (place.querySelector(mark)) return;
  document.querySelector(mark)?.remove();
  const box = element("span", " ", { className: "comment-own" });
  box.dataset.own = own.id;
  const [edit, remove] = [button("Edit"), button("Delete")];
  edit.onclick = () => {
    const text = element("textarea", "", { value: own.body, rows: 6, maxLength: 4096 });
    text.setAttribute("aria-label", word("Your comment"));
    const save = button("Save");
    save.onclick = () => change("/edit", { edit_token: own.token, body: text.value }, own, text.value);
    box.replaceChildren(text, save);
    text.focus();
  };
  remove.onclick = () => change("/delete", { edit_token: own.token }, own);
  box.append(edit, " ", remove);
  place.append(box);
};
const keep = (own) =>
  stored(ownKey, [...(stored(ownKey) ?? []).filter((o) => o.id !== own.id && o.until > Date.now()), own]);
const change = async (path, data, own, body) => {
  try {
    const done = await send(path, data);
    say(done.sentence, done.html);
    if (!done.ok) return;
    const next = { ...own, body, state: done.state, token: done.edit_token, until: done.edit_token ? own.until : 0 };
    keep(next);
    if (done.state === "held") offer(next);
    else appear(own.id, done.state === "deleted");
  } catch { say("The service cannot be reached. Please try again."); }
};

const post = async (event) => {
  if (event.submitter?.value === "preview") {
    event.preventDefault();
    try {
      const shown = await send("/preview", { body: field("body").value });
      say(shown.html ? "Preview" : shown.sentence ?? "Please write something.", shown.html);
    } catch { say("The service cannot be reached. Please try again."); }
    return;
  }
  event.preventDefault();
  const pressed = event.submitter;
  if (pressed) pressed.disabled = true;
  try {
    const given = await touch();
    const data = new FormData(form);
    if (given.answer) data.set("work", given.answer);
    const body = field("body").value;
    const done = await send("/comments", data);
    say(done.sentence, done.html, done.more);
    mend(done.problems);
    if (!done.ok) return;
    stored(draftKey, "");
    token = undefined;
    field("body").value = field("token").value = "";
    back();
    if (done.edit_token) {
      const own = { id: done.id, state: done.state, token: done.edit_token, body, until: Date.now() + form.dataset.editMinutes * 60000 };
      keep(own);
      if (done.state === "held") offer(own);
    }
    if (done.state === "published") appear(done.id, false);
  } catch {
    say("The service cannot be reached. Your words are kept here; please try again.");
  } finally {
    if (pressed) pressed.disabled = false;
  }
};

const draft = stored(draftKey);
const kept = ["author", "website", "email", "body"].filter(field);
for (const name of kept) field(name).value ||= draft?.[name] ?? "";
if (draft?.notify && field("notify")) field("notify").checked = true;
form.addEventListener("focusin", touch, { once: true });
if (form.matches(":focus-within")) touch();
const keepDraft = () =>
  stored(draftKey, { ...Object.fromEntries(kept.map((n) => [n, field(n).value])), notify: field("notify")?.checked });
form.addEventListener("input", keepDraft);
if (field("body").value) keepDraft(); // typed before this script had come
form.addEventListener("submit", post);
form.addEventListener("click", (event) => {
  if (event.target.closest(".comment-home")) { back(); field("body").focus(); }
});
for (const own of stored(ownKey) ?? []) {
  offer(own);
  // Loaded again before the site was built: it comes to stand here by itself.
  if (own.state === "published" && Date.now() < own.until && !document.querySelector(`#c${CSS.escape(own.id)}`))
    appear(own.id, false);
}
