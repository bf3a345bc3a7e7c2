import { prepareLanguage } from "./language/chosen";

import "./styles/courier.css";

// a sentence is said when its module is read: the language comes first
void prepareLanguage().then(() => import("./open"));
