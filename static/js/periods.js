/* Copying the text for the work group. Without it, or where the browser refuses, the text is selected by hand. */
(function () {
  "use strict";
  Array.prototype.forEach.call(document.querySelectorAll("[data-copy]"), function (button) {
    var box = document.getElementById(button.getAttribute("data-copy"));
    var words = button.querySelector("span");
    var before = words.textContent;
    button.hidden = false;
    button.addEventListener("click", function () {
      box.focus();
      box.select();
      box.setSelectionRange(0, box.value.length);
      var done = false;
      try { done = document.execCommand("copy"); } catch (error) { done = false; }
      if (!done) { return; }
      words.textContent = button.getAttribute("data-copied");
      window.setTimeout(function () { words.textContent = before; }, 3000);
    });
  });
})();
