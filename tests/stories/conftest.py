from tests.workflow.fixtures import desk, either_desk

__all__ = ("desk", "either_desk")
