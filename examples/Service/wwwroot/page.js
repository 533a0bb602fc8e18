const at = id => document.getElementById(id);
const percent = new Intl.NumberFormat("en", { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 });
let asked = 0;

async function classify(file) {
  const number = ++asked;                                                  // an answer that another picture has overtaken is not shown
  at("problem").hidden = at("answer").hidden = true;
  let problem, answer;
  try {
    const response = await fetch("classify?attention=true", { method: "POST", body: file, headers: { "Content-Type": "application/octet-stream" } });
    const body = await response.json().catch(() => ({}));
    if (response.ok) answer = body;
    else problem = body.detail ?? `The service answered ${response.status}. Try again.`;
  } catch {
    problem = "The service can't be reached. Try again.";
  }
  if (number !== asked) return;
  if (problem) {
    at("problem").textContent = problem;
    at("problem").hidden = false;
    return;
  }
  URL.revokeObjectURL(at("picture").src);
  at("picture").src = URL.createObjectURL(file);
  at("picture").alt = file.name || "The picture";
  at("attention").src = answer.attention;
  at("best").textContent = `${answer.classes[0].name}, ${percent.format(answer.classes[0].probability)}`;
  at("classes").replaceChildren(...answer.classes.map(row));
  at("answer").hidden = false;
}

function row({ name, probability }) {
  const line = document.createElement("tr");
  const head = Object.assign(document.createElement("th"), { scope: "row", textContent: name });
  const bar = Object.assign(document.createElement("td"), { className: "bar" });
  bar.append(Object.assign(document.createElement("meter"), { value: probability, ariaLabel: `probability of ${name}` }));
  const number = Object.assign(document.createElement("td"), { textContent: percent.format(probability) });
  line.append(head, bar, number);
  return line;
}

const first = list => { if (list.length > 0) classify(list[0]); };
at("file").addEventListener("change", event => { first(event.target.files); event.target.value = ""; });
document.addEventListener("paste", event => first(event.clipboardData.files));
for (const name of ["dragover", "dragleave", "drop"])
  document.addEventListener(name, event => {
    event.preventDefault();                                                // else the browser goes to the picture
    at("drop").classList.toggle("over", name === "dragover");
    if (name === "drop") first(event.dataTransfer.files);
  });

fetch("model").then(response => response.json()).then(model => {
  at("model").textContent = `${model.file}: ${model.classes.length} classes (${model.classes.slice(0, 12).join(", ")}${model.classes.length > 12 ? ", ..." : ""}), ${model.parameters.toLocaleString("en")} parameters, pictures of ${model.width} x ${model.height} pixels.`;
});
