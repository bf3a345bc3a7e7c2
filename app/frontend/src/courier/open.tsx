import { render } from "preact";
import { App } from "./app";
import { startEngine } from "./engine";

startEngine();
const root = document.getElementById("app");
if (root) render(<App />, root);
