/* The review of an import. After the sign-in has expired the answer to htmx is the sign-in page: it does not belong into a
   row, and what is typed there stays. */
(function () {
  "use strict";
  document.addEventListener("htmx:beforeSwap", function (event) {
    var url = event.detail.xhr.responseURL || "";
    if (url && url.indexOf("/rows/") < 0 && url.indexOf("/accept/") < 0) {
      event.detail.shouldSwap = false;
      window.open(url, "_blank");
    }
  });
})();
