import tseslint from "typescript-eslint";

export default tseslint.config(
  {
    ignores: [
      "artifacts/",
      "cache/",
      "coverage/",
      "deploy/deployments/",
      "deployments/",
      "sdk/src/contracts/",
      "subgraph/build/",
      "subgraph/generated/",
      // AssemblyScript, which graph-cli checks
      "subgraph/src/",
      "test/localnet/fixture/subgraph/",
      ".artel/",
    ],
  },
  ...tseslint.configs.recommended,
  // chai's assertions are property reads
  { files: ["test/**"], rules: { "@typescript-eslint/no-unused-expressions": "off" } },
);
