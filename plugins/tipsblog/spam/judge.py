"""From all comments of a blog to a verdict on each.

Values in, verdicts out: whoever calls brings the articles, the policy and, to
be spared work, the memory of the last time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ..comments.model import Comment, Role, Status
from .evidence import Evidence
from .learn import Decided, Learned
from .model import Article, Outcome, Reason, Verdict
from .policy import Policy
from .reading import host_of
from .site import Site, own_hosts
from .survey import Surveyed, survey
from .weights import Weights, probability, shipped

#: A score says no more than this many digits.
_DIGITS = 4
_DECIDED = (Status.PUBLISHED, Status.SPAM)


#: A name, and an e-mail address or the host of a website.
Identity = tuple[str, str]
#: Each comment as it was surveyed, and the verdict on it; made as they are asked for.
Verdicts = Iterator[tuple[Surveyed, Verdict]]


def judge_all(
    comments: Iterable[Comment],
    articles: Mapping[str, Article],
    policy: Policy | None = None,
    weights: Weights | None = None,
    own: Iterable[str] = (),
) -> Mapping[tuple[str, str], Verdict]:
    """Return a verdict on every comment, keyed by (article, id).

    A comment is compared only with what stands before it, and judged by what
    was learned from all decisions. A decided comment gets the verdict that
    stood before the decision, so that one can see where the filter and the
    person differ; it changes nothing for it. own: the blog's own addresses.
    """
    comments = list(comments)
    found, _ = judge_remembering(comments, articles, policy or Policy(), weights, own)
    return {(one.comment.article, one.comment.id): verdict for one, verdict in found}


class Memory(NamedTuple):
    """What is needed to judge comments that come after those judged: what has
    been said, what was learned, and how often whom was published. `state` holds
    it in plain values, which are still its own.
    """

    site: Site
    learned: Learned | None
    friends: Mapping[Identity, int]

    def state(self) -> dict[str, Any]:
        return {
            "site": self.site.state(),
            "learned": self.learned.state() if self.learned is not None else None,
            "friends": dict(self.friends),
        }

    @classmethod
    def restored(cls, articles: Mapping[str, Article], state: Mapping[str, Any]) -> Memory:
        learned = state["learned"]
        return cls(
            Site.restored(articles, state["site"]),
            Learned.restored(learned) if learned is not None else None,
            state["friends"],
        )


def judge_remembering(
    comments: Sequence[Comment],
    articles: Mapping[str, Article],
    policy: Policy,
    weights: Weights | None = None,
    own: Iterable[str] = (),
) -> tuple[Verdicts, Memory]:
    """Judge all `comments`, and keep what it takes to judge more.

    The verdicts are made as they are asked for: all at once take much room.
    """
    weights = weights or shipped()
    subjects = map(articles.get, {comment.article: None for comment in comments})
    site = Site(articles, own_hosts(own, subjects))
    surveyed = list(survey(comments, articles, site))
    learned = learn(surveyed, weights)
    friends = friends_among(comments)
    judged = judgements(surveyed, weights, learned, friends)
    return verdicts(judged, policy, weights), Memory(site, learned, friends)


def judge_more(
    new: Sequence[Comment], articles: Mapping[str, Article], policy: Policy, memory: Memory
) -> Verdicts:
    """Judge undecided comments that came after all that `memory` is of; it
    grows by them.
    """
    surveyed = list(survey(new, articles, memory.site))
    weights = shipped()
    return verdicts(judgements(surveyed, weights, memory.learned, memory.friends), policy, weights)


class Judgement(NamedTuple):
    """A comment's log-odds of spam: cold, with what is known of its author, and
    with what was learned from the blog's decisions.
    """

    surveyed: Surveyed
    cold: float
    log_odds: float
    known: tuple[Evidence, ...] = ()
    learned: Learned | None = None

    def reasons(self, weights: Weights) -> list[Reason]:
        """Say in words what makes up the log-odds."""
        reasons = weights.reasons([*self.surveyed.evidence, *self.known])
        if self.learned is not None:
            by_name = sum(reason.weight for reason in weights.reasons(self.known))
            weight = self.log_odds - self.cold - by_name
            reasons.append(_learned_reason(self.learned, self.surveyed, weight))
        return reasons


def learn(surveyed: Sequence[Surveyed], weights: Weights) -> Learned | None:
    """Learn from those that a person decided on, if there are any."""
    decided = [
        Decided(one, weights.log_odds(one.evidence), one.comment.status is Status.SPAM)
        for one in surveyed
        if is_lesson(one.comment)
    ]
    return Learned(decided) if decided else None


def is_lesson(comment: Comment) -> bool:
    """Tell whether a person's decision on `comment` teaches something."""
    return teaches(comment.status, comment.role)


def teaches(status: str | None, role: Role) -> bool:
    """Tell whether such a decision on a comment of this role teaches something:
    of the blog's author nothing is to be learned.
    """
    return status in _DECIDED and role is not Role.AUTHOR


def judgements(
    surveyed: Sequence[Surveyed],
    weights: Weights,
    learned: Learned | None = None,
    friends: Mapping[Identity, int] | None = None,
) -> Iterator[Judgement]:
    """Judge comments in order, with what was `learned` from those decided.

    A decided comment gets the log-odds that stood before the decision; only
    those beyond the latest that are learned from are judged like new ones.
    """
    cold = [weights.log_odds(one.evidence) for one in surveyed]
    if learned is None:
        for one, log_odds in zip(surveyed, cold, strict=True):
            yield Judgement(one, log_odds, log_odds)
        return
    decided = [index for index, one in enumerate(surveyed) if is_lesson(one.comment)]
    count = len(learned.before)
    before = dict(zip(decided[len(decided) - count :], learned.before, strict=True))
    for index, one in enumerate(surveyed):
        if index in before:
            yield Judgement(one, cold[index], before[index])
            continue
        known = _known(one.comment, friends or {})
        log_odds = learned.log_odds(one, cold[index])
        log_odds += sum(reason.weight for reason in weights.reasons(known))
        yield Judgement(one, cold[index], log_odds, tuple(known), learned)


def verdicts(
    judged: Iterable[Judgement], policy: Policy, weights: Weights, *, reasons: bool = True
) -> Verdicts:
    """Turn log-odds into verdicts, as careful as `policy` asks for."""
    hold, lose = policy.lines(weights)
    for one in judged:
        comment = one.surveyed.comment
        outcome = Outcome.UNSURE if one.log_odds > hold else Outcome.HAM
        if one.log_odds > lose:
            outcome = Outcome.SPAM
        outcome, listed = _listed(comment, policy, outcome)
        score = round(probability(one.log_odds), _DIGITS)
        why: tuple[Reason, ...] = ()
        if reasons:
            why = (*listed, *_ordered(one.reasons(weights), one.log_odds))
        yield one.surveyed, Verdict(outcome, score, why)


def _ordered(reasons: list[Reason], log_odds: float) -> tuple[Reason, ...]:
    """The strongest first; what carries the verdict before what speaks against it."""
    sign = 1 if log_odds > 0 else -1
    return tuple(
        sorted(
            (reason for reason in reasons if reason.weight),
            key=lambda reason: (reason.weight * sign < 0, -abs(reason.weight), reason.feature),
        )
    )


def _listed(comment: Comment, policy: Policy, outcome: Outcome) -> tuple[Outcome, list[Reason]]:
    held, never_held = policy.lists.find(comment)
    if held:
        reason = Reason("held_list", 30.0, f"on your list of what is held: {', '.join(held[:4])}")
        return (Outcome.SPAM if outcome is Outcome.SPAM else Outcome.UNSURE), [reason]
    if never_held:
        terms = ", ".join(never_held[:4])
        return Outcome.HAM, [Reason("friends_list", -30.0, f"on your list of friends: {terms}")]
    return outcome, []


def _identity(comment: Comment) -> Identity:
    return (comment.author.casefold(), comment.email.casefold() or host_of(comment.website))


def friends_among(comments: Iterable[Comment]) -> Counter[Identity]:
    """Count the published comments of everybody who has none marked as spam."""
    counts: Counter[Identity] = Counter()
    unfriendly: set[Identity] = set()
    for comment in comments:
        if comment.author and is_lesson(comment):
            counts[_identity(comment)] += 1
            if comment.status is Status.SPAM:
                unfriendly.add(_identity(comment))
    for identity in unfriendly:
        del counts[identity]
    return counts


def _known(comment: Comment, friends: Mapping[Identity, int]) -> list[Evidence]:
    count = friends.get(_identity(comment), 0) if comment.author else 0
    if not count:
        return []
    return [Evidence("known_author", min(count, 3) / 3, str(count))]


def _learned_reason(learned: Learned, one: Surveyed, weight: float) -> Reason:
    spam, ham = learned.words(one)
    words = spam if weight > 0 else ham
    verb = "marked as spam" if weight > 0 else "published"
    sentence = f"like comments that you {verb}"
    if words:
        sentence += f": {', '.join(words)}"
    return Reason("learned", round(weight, 3), sentence)
