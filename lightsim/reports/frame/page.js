// Plotly draws for the screen: before printing every figure takes the paper's width, and gives
// it back afterwards.
(function () {
  const figures = () => Array.from(document.querySelectorAll(".js-plotly-plot"));
  const paper = 1020;
  window.addEventListener("beforeprint", () =>
    figures().forEach((figure) => Plotly.relayout(figure, { autosize: false, width: paper })));
  window.addEventListener("afterprint", () =>
    figures().forEach((figure) => Plotly.relayout(figure, { autosize: true, width: null })));
})();
