/* A form whose step may take long: sent once, and how far it has come is shown while the browser waits for its answer. */
(function () {
  "use strict";
  function name() {
    var text = "";
    while (text.length < 32) { text += Math.floor(Math.random() * 16).toString(16); }
    return text;
  }
  function show(place, told) {
    var bar = place.querySelector("progress");
    if (!told.words) { return; }
    place.querySelector(".waiting-words").textContent = told.words + "…";
    place.querySelector(".waiting-count").textContent = told.total > 4 ? told.done + " / " + told.total : "";
    if (told.total) { bar.max = told.total; bar.value = told.done; } else { bar.removeAttribute("value"); }
  }
  Array.prototype.forEach.call(document.querySelectorAll("form[data-tells]"), function (form) {
    var place = form.querySelector("[data-waiting]");
    var field = document.createElement("input");
    var timer = null;
    field.type = "hidden";
    field.name = "progress";
    form.appendChild(field);
    function ask() {
      var request = new XMLHttpRequest();
      request.open("GET", place.getAttribute("data-waiting").replace("/name/", "/" + field.value + "/"));
      request.onload = function () {
        try { show(place, JSON.parse(request.responseText)); } catch (error) { return; }
      };
      request.onloadend = function () { if (timer !== null) { timer = setTimeout(ask, 300); } };
      request.send();
    }
    form.addEventListener("submit", function (event) {
      if (timer !== null) { event.preventDefault(); return; }
      field.value = name();
      place.hidden = false;
      form.classList.add("is-sent");
      timer = setTimeout(ask, 200);
    });
    /* Back in the browser brings the page as it was left. */
    window.addEventListener("pageshow", function () {
      clearTimeout(timer);
      timer = null;
      place.hidden = true;
      form.classList.remove("is-sent");
    });
    window.addEventListener("pagehide", function () { clearTimeout(timer); timer = null; });
  });
})();
