"""Pages leave compressed; files that are compressed already leave as they are."""

from typing import Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

# Of what a page is made: HTML, and the text of its parts.
WORTH_IT: Final = ("text/", "application/json", "image/svg+xml")


class CompressionMiddleware(GZipMiddleware):
    """Django's own, which pads each answer at random (BREACH), for answers that are text.

    Excel files and uploaded tables are archives: gzip would only cost time, and a streamed one its length.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if response.streaming or not response.get("Content-Type", "").startswith(WORTH_IT):
            return response
        return super().process_response(request, response)
