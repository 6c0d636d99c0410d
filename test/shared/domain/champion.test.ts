import assert from 'node:assert/strict';
import {soleAnswer} from '../../../shared/domain/champion.ts';

const deployed = [
  {id: '17', model: 'projects/p/locations/l/models/flowers', version: '1'},
  {id: '18', model: 'projects/p/locations/l/models/flowers', version: '2'},
  {id: '19', model: 'projects/p/locations/l/models/birds', version: '3'},
];

describe('the sole answer of an endpoint', () => {
  it('is the version that has all the traffic', () => {
    assert.equal(soleAnswer({deployed, traffic: {'17': 0, '18': 100}}, 'flowers'), '2');
  });

  for (const [why, traffic] of Object.entries({
    'several share the traffic': {'17': 90, '18': 10},
    'nobody has any': {},
    'another model has it': {'19': 100},
    'what has it is not deployed': {'20': 100},
  })) {
    it(`is unknown when ${why}`, () => {
      assert.equal(soleAnswer({deployed, traffic}, 'flowers'), undefined);
    });
  }
});
