const {createServer} = require('node:http');

createServer(() => process.kill(process.pid, 'SIGKILL')).listen(Number(process.env.PORT), process.env.HOST);
