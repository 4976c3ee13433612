// What the manifest names as the mapping of every data source, so that the compiler runs once.
export * from "./access";
export * from "./admission";
export * from "./automation";
export * from "./consent";
export * from "./elections";
export * from "./founding";
export * from "./governance";
export * from "./identity";
export * from "./learning";
export * from "./membership";
export * from "./policies";
export * from "./recovery";
export * from "./proxies";
export * from "./reputation";
export * from "./rewards";
export * from "./treasury";
