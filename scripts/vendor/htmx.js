// htmx for Chrome 63: its own file has syntax of Chrome 80, and calls two functions that came later.
if (!Object.fromEntries) {
  Object.fromEntries = function (entries) {
    const found = {};
    for (const [name, value] of entries) found[name] = value;
    return found;
  };
}
if (!Array.prototype.flat) {
  Object.defineProperty(Array.prototype, "flat", {
    configurable: true,
    writable: true,
    value: function () {
      return Array.prototype.concat.apply([], this);
    },
  });
}
window.htmx = require("htmx.org/dist/htmx.cjs.js");
