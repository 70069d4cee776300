"""Rules across attributes, applied to a whole batch at once."""

from collections.abc import Mapping
from functools import reduce

import numpy as np

from attrgen_assets.domain.attributes.state import FOUND, NOT_FOUND, AttributeState
from attrgen_assets.domain.product_types.rules import AtMostRule, ExcludesRule, ImpliesRule, RequiresRule, Rule

_RULE_CONFIDENCE = 0.97  # a consequence is as sure as the dictionary that states it

States = Mapping[str, AttributeState]


def apply_rule(rule: Rule, states: States) -> np.ndarray:
    """Apply one rule; returns which rows it quarantines (bool). What a person said is never taken away."""
    rows = len(next(iter(states.values())).status)
    quarantined = np.zeros(rows, dtype=bool)
    for name, violating, allowed in _violations(rule, states):
        state = states[name]
        broken = violating & ~state.by_human()
        if broken.any():
            state.refuse(np.flatnonzero(broken), where=f"rule:{rule.name}", nearest=allowed)
            if rule.on_violation == "quarantine":
                quarantined |= broken
    return quarantined


def _violations(rule: Rule, states: States) -> list[tuple[str, np.ndarray, tuple[str, ...]]]:
    """(attribute to refuse, rows, what would be allowed)."""
    match rule:
        case ImpliesRule():
            return _imply(rule, states)
        case AtMostRule():
            lower, upper = states[rule.lower], states[rule.upper]
            both = (lower.status == FOUND) & (upper.status == FOUND)
            above = np.zeros(len(both), dtype=bool)
            np.greater(lower.value, upper.value, out=above, where=both)
            return [(rule.lower, above, (f"at most {rule.upper}",))]
        case RequiresRule():
            has_all = reduce(np.logical_and, [states[name].status == FOUND for name in rule.requires])
            broken = (states[rule.attribute].status == FOUND) & ~has_all
            return [(rule.attribute, broken, tuple(f"needs {name}" for name in rule.requires))]
        case ExcludesRule():
            present = states[rule.attribute].status == FOUND
            allowed = (f"not together with {rule.attribute}",)
            return [(name, present & (states[name].status == FOUND), allowed) for name in rule.excludes]


def _imply(rule: ImpliesRule, states: States) -> list[tuple[str, np.ndarray, tuple[str, ...]]]:
    """Fill in a consequence that nobody stated, and find the ones that contradict."""
    applies = reduce(np.logical_and, [states[name].is_one_of(values) for name, values in rule.when.items()])
    broken = []
    for name, values in rule.then.items():
        state = states[name]
        unstated = applies & (state.status == NOT_FOUND)
        contradicting = applies & (state.status != NOT_FOUND) & ~state.is_one_of(values)
        if len(values) == 1 and unstated.any():
            rows = np.flatnonzero(unstated)
            state.fill(rows, values[0], generator="rule", where=rule.name, confidence=_RULE_CONFIDENCE)
        broken.append((name, contradicting, tuple(map(str, values))))
    return broken
