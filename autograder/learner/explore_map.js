// The map of films in a notebook: hover, search, colours, and the neighbours of a film.
(function (root, films, words) {
  const palette = ["#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9", "#F0E442"];
  const other = "#999999";
  const canvas = root.querySelector("canvas");
  const tip = root.querySelector(".tip");
  const side = root.querySelector(".side");
  const legend = root.querySelector(".legend");
  const search = root.querySelector("input");
  const colour = root.querySelector("select");
  const titles = root.querySelector("datalist");
  const pen = canvas.getContext("2d");
  const width = 720, height = 540, margin = 16;
  let chosen = -1, hovered = -1;

  function at(film) {
    return [margin + film.x * (width - 2 * margin), margin + (1 - film.y) * (height - 2 * margin)];
  }

  function mostFrequent(values, n) {
    const counts = new Map();
    values.forEach((value) => counts.set(value, (counts.get(value) || 0) + 1));
    return [...counts].sort((a, b) => b[1] - a[1]).slice(0, n).map((pair) => pair[0]);
  }

  function scale(key) {
    if (key === "genre") {
      const genres = mostFrequent(films.map((film) => film.genres[0] || ""), palette.length);
      return {
        of: (film) => palette[genres.indexOf(film.genres[0] || "")] || other,
        entries: genres.map((genre, k) => [genre || words.none, palette[k]]).concat([[words.others, other]]),
      };
    }
    const value = (film) => (key === "era" ? film.year : film.ratings);
    const known = films.map(value).filter((each) => each !== null).sort((a, b) => a - b);
    const shades = ["#440154", "#3b528b", "#21918c", "#5ec962", "#fde725"];
    const cuts = [1, 2, 3, 4].map((k) => known[Math.floor((k * known.length) / 5)]);
    const shade = (each) => (each === null ? other : shades[cuts.filter((cut) => each >= cut).length]);
    const bounds = [known[0], ...cuts, known[known.length - 1]];
    return {
      of: (film) => shade(value(film)),
      entries: known.length ? shades.map((each, k) => [bounds[k] + " – " + bounds[k + 1], each]) : [],
    };
  }

  function dot(film, radius, fill, edge) {
    const [x, y] = at(film);
    pen.beginPath();
    pen.arc(x, y, radius, 0, 2 * Math.PI);
    pen.fillStyle = fill;
    pen.fill();
    if (edge) {
      pen.lineWidth = 2;
      pen.strokeStyle = edge;
      pen.stroke();
    }
  }

  function draw() {
    const shades = scale(colour.value);
    pen.clearRect(0, 0, width, height);
    pen.globalAlpha = chosen >= 0 ? 0.25 : 0.75;
    films.forEach((film) => dot(film, 3, shades.of(film)));
    pen.globalAlpha = 1;
    if (chosen >= 0) {
      films[chosen].near.forEach((k) => dot(films[k], 6, shades.of(films[k]), "#000000"));
      dot(films[chosen], 8, shades.of(films[chosen]), "#D55E00");
    }
    if (hovered >= 0) dot(films[hovered], 6, shades.of(films[hovered]), "#000000");
    legend.replaceChildren(...shades.entries.map(([text, fill]) => {
      const entry = document.createElement("span");
      const box = document.createElement("span");
      box.style.cssText = "display:inline-block;width:.8em;height:.8em;margin:0 .3em 0 .8em;background:" + fill;
      entry.append(box, text);
      return entry;
    }));
  }

  function describe(film) {
    const parts = [film.title, film.genres.join(", ")];
    if (film.ratings !== null) parts.push(words.ratings.replace("{n}", film.ratings));
    return parts.filter(Boolean).join(" · ");
  }

  function choose(k) {
    chosen = k;
    side.replaceChildren();
    if (k >= 0) {
      const head = document.createElement("b");
      head.textContent = describe(films[k]);
      const list = document.createElement("ol");
      films[k].near.forEach((near, place) => {
        const entry = document.createElement("li");
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = films[near].title;
        button.style.cssText = "all:unset;cursor:pointer;text-decoration:underline";
        button.addEventListener("click", () => choose(near));
        entry.append(button, " " + films[k].cosines[place].toFixed(2));
        list.append(entry);
      });
      side.append(head, list);
    } else {
      side.textContent = words.choose;
    }
    draw();
  }

  function nearest(event) {
    const box = canvas.getBoundingClientRect();
    const x = ((event.clientX - box.left) * width) / box.width;
    const y = ((event.clientY - box.top) * height) / box.height;
    let best = -1, least = 12 * 12;
    films.forEach((film, k) => {
      const [fx, fy] = at(film);
      const far = (fx - x) ** 2 + (fy - y) ** 2;
      if (far < least) [best, least] = [k, far];
    });
    return best;
  }

  canvas.addEventListener("mousemove", (event) => {
    const k = nearest(event);
    if (k !== hovered) {
      hovered = k;
      draw();
    }
    tip.textContent = k >= 0 ? describe(films[k]) : "";
  });
  canvas.addEventListener("mouseleave", () => {
    hovered = -1;
    tip.textContent = "";
    draw();
  });
  canvas.addEventListener("click", (event) => choose(nearest(event)));
  colour.addEventListener("change", draw);
  search.addEventListener("input", () => {
    const wanted = search.value.trim().toLowerCase();
    if (!wanted) return choose(-1);
    let k = films.findIndex((film) => film.title.toLowerCase() === wanted);
    if (k < 0) k = films.findIndex((film) => film.title.toLowerCase().includes(wanted));
    if (k >= 0) choose(k);
  });
  films.forEach((film) => {
    const option = document.createElement("option");
    option.value = film.title;
    titles.append(option);
  });
  const ratio = window.devicePixelRatio || 1;
  canvas.width = width * ratio;
  canvas.height = height * ratio;
  pen.scale(ratio, ratio);
  choose(-1);
})
