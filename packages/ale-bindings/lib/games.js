// The games of ale-py and the environment ids that it registers with Gymnasium. Plain JavaScript for
// the command line; checked against ale-py's own registry in the tests.

const games = `
  adventure air_raid alien amidar assault asterix asteroids atlantis atlantis2 backgammon bank_heist
  basic_math battle_zone beam_rider berzerk blackjack bowling boxing breakout carnival casino centipede
  chopper_command crazy_climber crossbow darkchambers defender demon_attack donkey_kong double_dunk
  earthworld elevator_action enduro entombed et fishing_derby flag_capture freeway frogger frostbite
  galaxian gopher gravitar hangman haunted_house hero human_cannonball ice_hockey jamesbond journey_escape
  kaboom kangaroo keystone_kapers king_kong klax koolaid krull kung_fu_master laser_gates lost_luggage
  mario_bros miniature_golf montezuma_revenge mr_do ms_pacman name_this_game othello pacman phoenix
  pitfall pitfall2 pong pooyan private_eye qbert riverraid road_runner robotank seaquest sir_lancelot
  skiing solaris space_invaders space_war star_gunner superman surround tennis tetris tic_tac_toe_3d
  time_pilot trondead turmoil tutankham up_n_down venture video_checkers video_chess video_cube
  video_pinball wizard_of_wor word_zapper yars_revenge zaxxon
`;

// These also have the older ids, without "ALE/".
const legacyGames = `
  adventure air_raid alien amidar assault asterix asteroids atlantis bank_heist battle_zone beam_rider
  berzerk bowling boxing breakout carnival centipede chopper_command crazy_climber defender demon_attack
  double_dunk elevator_action enduro fishing_derby freeway frostbite gopher gravitar hero ice_hockey
  jamesbond journey_escape kangaroo krull kung_fu_master montezuma_revenge ms_pacman name_this_game
  phoenix pitfall pong pooyan private_eye qbert riverraid road_runner robotank seaquest skiing solaris
  space_invaders star_gunner tennis time_pilot tutankham up_n_down venture video_pinball wizard_of_wor
  yars_revenge zaxxon
`;

const names = (text) => text.trim().split(/\s+/);

export function environments() {
  const all = names(games).map((game) => entry(`ALE/${pascalCase(game)}-v5`, game, 4, 0.25));
  for (const game of names(legacyGames)) {
    const name = pascalCase(game);
    all.push(entry(`${name}NoFrameskip-v4`, game, 1, 0));
    all.push(entry(`${name}NoFrameskip-v0`, game, 1, 0.25));
    all.push(entry(`${name}-v4`, game, [2, 5], 0));
    all.push(entry(`${name}-v0`, game, [2, 5], 0.25));
  }
  return all;
}

function entry(id, game, frameskip, repeatActionProbability) {
  return { id, game, frameskip, repeatActionProbability };
}

// Like Python's str.title(): a letter after anything but a letter is upper case.
function pascalCase(game) {
  return game
    .replace(/(^|[^a-z])([a-z])/g, (_, before, letter) => before + letter.toUpperCase())
    .replaceAll("_", "");
}
