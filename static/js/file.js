/* A file field in the page's own language: the native control stays for keyboard and form, a label stands for it. */
(function () {
  "use strict";
  document.querySelectorAll("input[type=file][data-choose]").forEach(function (input) {
    var button = document.createElement("label");
    var name = document.createElement("span");
    button.className = "btn btn-secondary file-button";
    button.htmlFor = input.id;
    button.textContent = input.getAttribute("data-choose");
    name.className = "soft";
    name.textContent = input.getAttribute("data-none");
    input.className += " visually-hidden file-native";
    input.parentNode.insertBefore(button, input.nextSibling);
    input.parentNode.insertBefore(name, button.nextSibling);
    input.addEventListener("change", function () {
      name.textContent = input.files.length ? input.files[0].name : input.getAttribute("data-none");
    });
  });
})();
