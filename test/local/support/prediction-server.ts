/** Answers predictions with the variables it was started with; refuses the instance "bad", and dies of "die". */
export const PREDICTION_SERVER = `exec "$NODE" -e '
const e = process.env;
require("node:http").createServer(async (request, response) => {
  const body = Buffer.concat(await request.toArray()).toString();
  const answer = (code, value) => response.writeHead(code, {"content-type": "application/json"}).end(JSON.stringify(value));
  if (body.includes("die")) process.exit(1);
  if (request.url === e.AIP_HEALTH_ROUTE) return answer(e.HEALTH_STATUS ?? 200, {});
  if (request.url !== e.AIP_PREDICT_ROUTE) return answer(404, {error: "no route"});
  if (body.includes("bad")) return answer(400, {error: "expected 2 features"});
  if (body.includes("odd")) return answer(200, {result: 1});
  const {instances, parameters} = JSON.parse(body);
  answer(200, {predictions: instances.map(() => [e.AIP_STORAGE_URI, e.STORAGE_EMULATOR_HOST, e.NAME, parameters ?? null])});
}).listen(e.AIP_HTTP_PORT, "127.0.0.1");
'`;
