// The worker of the whole site. One import a line for what it does.
import "./js/offline-worker.js";
import { listenToPushes } from "./js/push-worker.js";

listenToPushes(self);
