// Answers of SCM actions and setups: {success, message, …}.
import assert from 'node:assert/strict';

async function answered(answer, status, success) {
  const { status: code, json, text } = await answer;
  assert.equal(code, status, text);
  assert.equal(json.success, success, text);
  return json;
}

// `answer` is that of qd.api(), or its promise.
export const good = (answer) => answered(answer, 200, true);
export const bad = (answer) => answered(answer, 400, false);
