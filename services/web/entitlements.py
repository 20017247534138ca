"""`GET /v1/entitlements`: the calculator over HTTP."""

from collections.abc import Callable
from datetime import date, datetime

import orjson
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from services.domain.calculator.answer import answer
from services.domain.calculator.question import WrongQuestion, read_question
from services.domain.decision.engine import Engine
from services.web.problems import problem

JSON = "application/json"


class Calculator:
    """Answers from the policy alone; touches no service."""

    def __init__(self, engine: Engine, clock: Callable[[], tuple[datetime, date]]) -> None:
        self._engine = engine
        self._clock = clock

    def routes(self) -> list[Route]:
        """Its path."""
        return [Route("/v1/entitlements", self.entitlements)]

    async def entitlements(self, request: Request) -> Response:
        """Any measure as of a course's first day and place; 400 with every fault."""
        query = request.query_params
        given = {name: query.getlist(name) for name in query}
        try:
            question = read_question(self._engine.policy, self._engine.memory.places, given)
        except WrongQuestion as wrong:
            faults = wrong.faults
            return problem(
                400,
                " ".join(f"{fault.name}: {fault.ko}" for fault in faults),
                " ".join(f"{fault.name}: {fault.en}" for fault in faults),
                errors=[fault.json() for fault in faults],
            )
        _, today = self._clock()
        return Response(
            orjson.dumps(answer(self._engine, question, today.isoformat())),
            headers={"Content-Language": "ko, en"},
            media_type=JSON,
        )
