/* Fetches the comment form's script when a reader begins to comment, or has a
   draft or a fresh comment here: most readers only read. */
const form = document.querySelector(".comment-form");
const more = () => import("./comment-form-more.js");
const replyOf = (event) => event.target.closest(".comment-reply");

if (form) {
  const key = form.elements.article.value;
  let kept = false;
  try {
    kept = ["draft", "own"].some((kind) => localStorage.getItem(`tipsblog:${kind}:${key}`));
  } catch { /* no storage: nothing is kept */ }
  if (kept) more();
  form.addEventListener("focusin", more, { once: true });
  document.addEventListener("click", (event) => {
    const link = replyOf(event);
    if (!link) return;
    event.preventDefault();
    more().then(({ answer }) => answer(link), () => location.assign(link.href));
  });
}
