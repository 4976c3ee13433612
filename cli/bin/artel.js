#!/usr/bin/env node
import "../../scripts/built.mjs";

import { register } from "tsx/esm/api";

register();
await import("../src/main.ts");
