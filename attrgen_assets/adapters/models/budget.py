"""What a run may spend on language models: calls and tokens, shared by all that ask."""

from dataclasses import dataclass, field

from attrgen_assets.errors import BudgetSpent


@dataclass
class Budget:
    """A cap on calls and tokens. What a call may cost is set aside before it, so that calls at once keep the cap.

    >>> budget = Budget(max_calls=10, max_tokens=100)
    >>> budget.reserve(60)
    >>> budget.settle(60, used=40)
    >>> budget.calls, budget.tokens
    (1, 40)
    """

    max_calls: int
    max_tokens: int
    calls: int = field(default=0, init=False)
    tokens: int = field(default=0, init=False)
    cost: float = field(default=0.0, init=False)
    _reserved: int = field(default=0, init=False)

    def reserve(self, tokens: int) -> None:
        """Set a call and so many tokens aside. Raises BudgetSpent where they are not left."""
        if self.calls >= self.max_calls:
            raise BudgetSpent(f"{self.max_calls:,} calls have been made, as many as a run may (ATTRGEN_LLM_MAX_CALLS)")
        if self.tokens + self._reserved + tokens > self.max_tokens:
            raise BudgetSpent(
                f"{self.tokens:,} tokens are spent and the next call may take {tokens:,}; "
                f"a run may spend {self.max_tokens:,} (ATTRGEN_LLM_MAX_TOKENS)"
            )
        self.calls += 1
        self._reserved += tokens

    def settle(self, reserved: int, *, used: int, cost: float = 0.0) -> None:
        """Give back what was set aside, and note what was used and what it cost."""
        self._reserved -= reserved
        self.tokens += used
        self.cost += cost
