/**
 * The federated-learning node: training, scoring and storage behind the interfaces `Trainer`, `DataStore` and
 * `ContentStore`.
 *
 * @packageDocumentation
 */
export * from "./beacon.js";
export * from "./content/ContentStore.js";
export * from "./content/folder.js";
export * from "./data/DataStore.js";
export * from "./data/encryptedFolder.js";
export * from "./data/examples.js";
export * from "./data/mnist.js";
export * from "./data/sharing.js";
export * from "./data/slices.js";
export * from "./data/split.js";
export * from "./errors.js";
export { storageErrorOf } from "./files.js";
export * from "./localUpdate.js";
export * from "./privacy/PrivacyMode.js";
export * from "./privacy/coins.js";
export * from "./privacy/create.js";
export * from "./privacy/discreteGaussian.js";
export * from "./privacy/noise.js";
export * from "./privacy/open.js";
export * from "./privacy/sealed.js";
export * from "./privacy/wraps.js";
export * from "./publishing.js";
export * from "./scoring.js";
export * from "./strategy.js";
export * from "./tasks/index.js";
export * from "./trainer/Trainer.js";
export * from "./trainer/cnn.js";
export * from "./trainer/create.js";
export * from "./trainer/mlp.js";
export * from "./validate.js";
