/* The review of an import: parts of rows are drawn anew in their place. What was typed stays while the sign-in has
   expired; where the import has ended meanwhile the page that says so is shown. */
(function () {
  "use strict";
  var signedOut = document.getElementById("signed-out");
  document.addEventListener("htmx:configRequest", function (event) {
    /* Signing in again in another window gives the browser another token than the page was drawn with. */
    var found = /(?:^|; )csrftoken=([^;]+)/.exec(document.cookie);
    if (found && event.detail.parameters.csrfmiddlewaretoken) {
      event.detail.parameters.csrfmiddlewaretoken = found[1];
    }
  });
  document.addEventListener("htmx:afterRequest", function (event) {
    if (!event.detail.xhr || !signedOut) { return; }
    if (event.detail.xhr.status === 401) {
      signedOut.hidden = false;
      signedOut.scrollIntoView({ block: "nearest" });
    } else if (event.detail.successful) {
      signedOut.hidden = true;
    }
  });
  document.addEventListener("htmx:beforeSwap", function (event) {
    var url = event.detail.xhr.responseURL || "";
    if (event.detail.xhr.status === 200 && url && url.indexOf("/rows/") < 0 && url.indexOf("/accept/") < 0) {
      event.detail.shouldSwap = false;
      window.location.assign(url);
    }
  });
})();
