"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const announce = document.getElementById("announce");

  const digits = (value) => {
    const size = Math.abs(value);
    const places = size >= 100 || size === 0 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
    return value.toLocaleString("en-US", { minimumFractionDigits: places, maximumFractionDigits: places });
  };
  const written = {
    ms: (value) => (value >= 10000 ? `${digits(value / 1000)} s` : `${digits(value)} ms`),
    count: (value) => value.toLocaleString("en-US"),
    percent: (value) => `${digits(value).replace(/\.0$/, "")}%`,
    megabytes: (value) => `${digits(value).replace(/\.0$/, "")} MB`,
  };
  const clock = (second) => {
    const two = (number) => String(number).padStart(2, "0");
    const hours = Math.floor(second / 3600), minutes = Math.floor(second / 60) % 60;
    return hours ? `${hours}:${two(minutes)}:${two(second % 60)}` : `${minutes}:${two(second % 60)}`;
  };
  const moment = {
    time: (columns, index) => `at ${clock(columns.x[index])}`,
    curve: (columns, index) => `p${columns.percent[index]}`,
    rates: (columns, index) => `at ${digits(columns.rate[index])}/s`,
  };

  const nearest = (xs, x) => {
    let low = 0, high = xs.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (xs[middle] < x) low = middle + 1; else high = middle;
    }
    return low > 0 && x - xs[low - 1] < xs[low] - x ? low - 1 : low;
  };

  class Chart {
    constructor(figure) {
      this.figure = figure;
      this.set = figure.dataset.set;
      this.columns = data[this.set];
      this.end = Number(figure.dataset.end);
      this.plot = figure.querySelector(".plot");
      this.canvas = figure.querySelector(".canvas");
      this.cursor = figure.querySelector(".cursor");
      this.outputs = [...figure.querySelectorAll("output")];
      this.whole = this.outputs.map((output) => output.textContent);
      this.index = null;
    }

    values(index) {
      return this.outputs.map((output) => {
        if ("moment" in output.dataset) return moment[this.set](this.columns, index);
        const value = this.columns[output.dataset.key][index];
        return value === null ? "\u2013" : written[output.dataset.unit](value);
      });
    }

    show(index) {
      this.index = index;
      const texts = index === null ? this.whole : this.values(index);
      this.outputs.forEach((output, at) => { output.textContent = texts[at]; });
      this.cursor.classList.toggle("shown", index !== null);
      if (index === null) return;
      const place = `${(100 * this.columns.x[index]) / this.end}%`;
      this.cursor.setAttribute("x1", place);
      this.cursor.setAttribute("x2", place);
      this.plot.setAttribute("aria-valuenow", String(index));
      this.plot.setAttribute("aria-valuetext", this.told());
    }

    told() {
      return [...this.figure.querySelectorAll(".legend li")]
        .map((item) => item.textContent.replace(/\s+/g, " ").trim()).reverse().join(", ");
    }

    at(clientX) {
      const box = this.canvas.getBoundingClientRect();
      return nearest(this.columns.x, ((clientX - box.left) / box.width) * this.end);
    }
  }

  const charts = [...document.querySelectorAll("figure.chart")].map((figure) => new Chart(figure));
  const showTogether = (chart, index) => {
    charts.filter((other) => other.set === chart.set).forEach((other) => other.show(index));
  };

  const keys = {
    ArrowLeft: (index) => index - 1,
    ArrowRight: (index) => index + 1,
    PageDown: (index, last) => index - Math.max(1, Math.round(last / 10)),
    PageUp: (index, last) => index + Math.max(1, Math.round(last / 10)),
    Home: () => 0,
    End: (index, last) => last,
  };
  for (const chart of charts) {
    const { plot } = chart, last = chart.columns.x.length - 1;
    const picture = chart.canvas.getAttribute("aria-label");
    plot.tabIndex = 0;
    plot.setAttribute("role", "slider");
    plot.setAttribute("aria-label", picture);
    plot.setAttribute("aria-valuemin", "0");
    plot.setAttribute("aria-valuemax", String(last));
    plot.setAttribute("aria-valuenow", "0");
    plot.setAttribute("aria-valuetext", chart.told());
    plot.addEventListener("pointermove", (event) => showTogether(chart, chart.at(event.clientX)));
    plot.addEventListener("pointerdown", (event) => showTogether(chart, chart.at(event.clientX)));
    plot.addEventListener("pointerleave", () => showTogether(chart, null));
    plot.addEventListener("blur", () => showTogether(chart, null));
    plot.addEventListener("keydown", (event) => {
      if (event.key === "Escape") { showTogether(chart, null); return; }
      const move = keys[event.key];
      if (!move || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      const from = chart.index === null ? (event.key === "ArrowLeft" ? last + 1 : -1) : chart.index;
      showTogether(chart, Math.min(last, Math.max(0, move(from, last))));
    });
  }

  const sortKey = (row, column) => {
    const cell = row.cells[column];
    if (column === 0) return cell.textContent;
    return "value" in cell.dataset ? Number(cell.dataset.value) : null;
  };
  const compare = (one, other) => {
    if (one === null || other === null) return (one === null) - (other === null);
    return typeof one === "string" ? one.localeCompare(other) : one - other;
  };
  const sort = (table, column, direction) => {
    const rows = [...table.tBodies[0].rows].map((row) => [sortKey(row, column), row]);
    const sign = direction === "ascending" ? 1 : -1;
    rows.sort(([one], [other]) => {
      const order = compare(one, other);
      return one === null || other === null ? order : sign * order;
    });
    table.tBodies[0].append(...rows.map(([, row]) => row));
  };
  for (const table of document.querySelectorAll("table[data-sortable]")) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const first = column === 0 ? "ascending" : "descending";
        const second = column === 0 ? "descending" : "ascending";
        const direction = head.getAttribute("aria-sort") === first ? second : first;
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", direction);
        sort(table, column, direction);
        announce.textContent = `Sorted by ${button.textContent}, ${direction}`;
      });
    });
  }
})();
