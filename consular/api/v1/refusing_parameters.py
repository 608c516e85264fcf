"""A call that takes no parameters refuses every one. Those that take some refuse the unknown by their own shape.

A misspelt or misplaced parameter would else be answered as if nothing had been asked.
"""

from flask import current_app, request

from consular.api.v1 import rates as rates  # a refused call is a counted call: its hook comes first
from consular.api.v1.blueprint import v1
from consular.api.v1.reading import InvalidInput, unknown_parameter


@v1.before_request
def refuse_parameters() -> None:
    """Before the key is looked at: which parameters there are is no secret.

    Raises:
        InvalidInput
    """
    view = current_app.view_functions[request.endpoint or ""]
    if request.args and request.method != "OPTIONS" and not hasattr(view, "reads_parameters"):
        raise InvalidInput(errors=[unknown_parameter(name, ()) for name in request.args])
