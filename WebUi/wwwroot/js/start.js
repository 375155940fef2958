// Starts the circuit with our own reconnect dialog: it keeps trying, and when the server has
// restarted and knows the circuit no more, it loads the page again. State is in the address bar.
import "./keys.js";

const dialog = document.getElementById("reconnect");
const text = document.getElementById("reconnect-text");
const RETRY_MS = [0, 200, 500, 1000, 1000, 2000];
const LAST_RETRY_MS = 3000;
let retrying = false;

function show(words) {
  text.textContent = words;
  if (!dialog.open) {
    dialog.show();
  }
}

function hide() {
  retrying = false;
  if (dialog.open) {
    dialog.close();
  }
}

async function serverAnswers() {
  try {
    const answer = await fetch(location.href, { cache: "no-store", redirect: "manual" });
    return answer.status < 500;
  } catch {
    return false;
  }
}

function wait(ms) {
  return new Promise(resolve => setTimeout(resolve, ms));
}

async function retry() {
  if (retrying) {
    return;
  }
  retrying = true;
  for (let i = 0; retrying; i++) {
    await wait(RETRY_MS[i] ?? LAST_RETRY_MS);
    if (!await serverAnswers()) {
      show("The web page's server does not answer. Traffic goes on. Trying again by itself…");
      continue;
    }
    let back = false;
    try {
      back = await Blazor.reconnect();
    } catch {
      continue;
    }
    if (!back) {
      location.reload();
      return;
    }
    hide();
  }
}

await Blazor.start({
  circuit: {
    reconnectionHandler: {
      onConnectionDown: () => {
        show("Connection lost. Connecting again…");
        retry();
      },
      onConnectionUp: hide,
    },
  },
});
document.documentElement.dataset.started = "true";
