"""Servers of their own: what these tests publish would be lag on the web tests' topics."""

from tests.integration.web.conftest import stack

__all__ = ["stack"]
